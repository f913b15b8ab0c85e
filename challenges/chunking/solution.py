"""Cut a text into pieces: a reference solution."""


def chunk(text, size, overlap):
    """Pieces of `text` of at most `size` words, as a list of texts."""
    words = text.split()
    step = max(1, size - overlap)
    pieces = []
    for begin in range(0, len(words), step):
        pieces.append(" ".join(words[begin : begin + size]))
        if begin + size >= len(words):
            break
    return pieces


if __name__ == "__main__":
    for piece in chunk("one two three four five six seven", 3, 1):
        print(piece)
