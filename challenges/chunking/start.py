"""Cut a text into pieces.

Complete `chunk`, then run

    tutor run chunking

as often as you like.
"""


def chunk(text, size, overlap):
    """Pieces of `text` of at most `size` words, as a list of texts.

    Each piece but the first begins with the last `overlap` words of the one before.
    """
    raise NotImplementedError("cut the text into pieces")


if __name__ == "__main__":
    for piece in chunk("one two three four five six seven", 3, 1):
        print(piece)
