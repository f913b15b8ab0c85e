//! How much of an answer is taken in: bytes, messages of a stream, values of JSON. Whoever reads from a
//! network asks here before it keeps anything, so that no service fills the memory.
//!
//! Nothing here does I/O: push what arrives into a [`Collector`], and stop reading at the first error.

use std::fmt;

/// The most that is taken of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of its body.
    pub bytes: usize,
    /// Messages of its stream.
    pub frames: usize,
    /// Bytes of one message of its stream.
    pub frame_bytes: usize,
    /// JSON values in its body: small ones take many times their bytes in memory.
    pub values: usize,
}

/// A megabyte, as [`Bounds`] and settings count it.
pub const MEGABYTE: usize = 1_000_000;

impl Bounds {
    /// The usual ones for answers of at most so many megabytes.
    pub fn of_megabytes(megabytes: usize) -> Self {
        let bytes = megabytes.saturating_mul(MEGABYTE);
        let frame_bytes = Bounds::default().frame_bytes.min(bytes);
        Bounds { bytes, frame_bytes, ..Bounds::default() }
    }
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { bytes: 32 * MEGABYTE, frames: 100_000, frame_bytes: 8 * MEGABYTE, values: 1_000_000 }
    }
}

/// What was beyond bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutOfBounds {
    /// More bytes than this.
    Bytes(usize),
    /// More messages than this.
    Frames(usize),
    /// A message of more bytes than this.
    FrameBytes(usize),
    /// More JSON values than this.
    Values(usize),
}

impl fmt::Display for OutOfBounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            OutOfBounds::Bytes(most) if most.is_multiple_of(MEGABYTE) => {
                write!(f, "the answer is larger than {} MB", most / MEGABYTE)
            }
            OutOfBounds::Bytes(most) => write!(f, "the answer is larger than {most} bytes"),
            OutOfBounds::FrameBytes(most) => {
                write!(f, "a message of the stream is larger than {most} bytes")
            }
            OutOfBounds::Frames(most) => write!(f, "the stream has more than {most} messages"),
            OutOfBounds::Values(most) => write!(f, "the answer holds more than {most} JSON values"),
        }
    }
}

impl std::error::Error for OutOfBounds {}

/// Keeps what arrives, as far as the bounds allow.
#[derive(Debug)]
pub struct Collector {
    bounds: Bounds,
    length: usize,
    /// Pieces of [`BLOCK`] bytes: a vector that grew would need its memory three times over.
    blocks: Vec<Vec<u8>>,
}

/// How much memory is taken at a time.
const BLOCK: usize = 256 * 1024;

impl Collector {
    /// Nothing yet.
    pub fn new(bounds: Bounds) -> Self {
        Collector { bounds, length: 0, blocks: Vec::new() }
    }

    /// How many bytes arrived.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether nothing arrived.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Keeps a piece.
    ///
    /// # Errors
    /// It is too much: what came before is given up.
    pub fn push(&mut self, mut piece: &[u8]) -> Result<(), OutOfBounds> {
        if piece.len() > self.bounds.bytes - self.length {
            (self.length, self.blocks) = (0, Vec::new());
            return Err(OutOfBounds::Bytes(self.bounds.bytes));
        }
        self.length += piece.len();
        while !piece.is_empty() {
            match self.blocks.last_mut() {
                Some(block) if block.len() < BLOCK => {
                    let (fits, rest) = piece.split_at(piece.len().min(BLOCK - block.len()));
                    block.extend_from_slice(fits);
                    piece = rest;
                }
                // Most answers are small, and need no whole block.
                Some(_) => self.blocks.push(Vec::with_capacity(BLOCK)),
                None => self.blocks.push(Vec::new()),
            }
        }
        Ok(())
    }

    /// All that arrived.
    pub fn finish(mut self) -> Vec<u8> {
        if self.blocks.len() <= 1 {
            return self.blocks.pop().unwrap_or_default();
        }
        let mut all = Vec::with_capacity(self.length);
        for block in self.blocks {
            all.extend_from_slice(&block);
        }
        all
    }
}

impl Bounds {
    /// Whether the JSON in `text` has few enough values to be read; text that is no JSON may pass. A
    /// value ends at a comma or bracket, so these are counted, outside of strings.
    ///
    /// # Errors
    /// It has more.
    pub fn check_values(&self, text: &[u8]) -> Result<(), OutOfBounds> {
        let (mut values, mut in_string, mut escaped) = (0, false, false);
        for byte in text {
            if in_string {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' => escaped = true,
                    b'"' => in_string = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => in_string = true,
                b',' | b'[' | b'{' => values += 1,
                _ => {}
            }
        }
        if values > self.values { Err(OutOfBounds::Values(self.values)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_is_given_up_and_named() {
        let mut collector = Collector::new(Bounds { bytes: 5, ..Bounds::default() });
        collector.push(b"abc").unwrap();
        collector.push(b"de").unwrap();
        assert_eq!(collector.push(b"f"), Err(OutOfBounds::Bytes(5)));
        assert!(collector.is_empty());
        let mut large = Collector::new(Bounds::default());
        let text: Vec<u8> = (0..=u8::MAX).cycle().take(3 * BLOCK + 5).collect();
        for piece in text.chunks(1_234) {
            large.push(piece).unwrap();
        }
        assert_eq!(large.len(), text.len());
        assert!(large.finish() == text);
        assert_eq!(
            OutOfBounds::Bytes(Bounds::default().bytes).to_string(),
            "the answer is larger than 32 MB"
        );
    }

    #[test]
    fn values_are_counted_outside_of_strings() {
        let bounds = Bounds { values: 4, ..Bounds::default() };
        assert_eq!(bounds.check_values(br#"{"a":[1,2],"b,[{\",[":3}"#), Ok(()));
        assert_eq!(bounds.check_values(b"[[1,2,3,4]]"), Err(OutOfBounds::Values(4)));
    }
}
