//! A text whose every line knows where it comes from.

/// The number of a file and a 1-based line in it.
pub(super) type Origin = (usize, usize);

/// Text with an origin for each of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lines {
    pub(super) text: String,
    /// One for each line; a line after a final line break counts.
    origins: Vec<Origin>,
    /// Where each line but the first starts.
    starts: Vec<usize>,
}

impl Lines {
    fn new(text: String, origins: Vec<Origin>) -> Self {
        let starts = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1).collect();
        Self { text, origins, starts }
    }

    /// The whole of a file.
    pub(super) fn of_file(text: &str, file: usize) -> Self {
        let origins = (1..=text.matches('\n').count() + 1).map(|line| (file, line)).collect();
        Self::new(text.to_owned(), origins)
    }

    /// A text whose lines all come from one place.
    pub(super) fn all_from(text: &str, origin: Origin) -> Self {
        Self::new(text.to_owned(), vec![origin; text.matches('\n').count() + 1])
    }

    /// Lines without line breaks, joined by `\n` without one at the end. `none` is the origin of no
    /// lines at all.
    pub(super) fn join<L: AsRef<str>>(lines: impl IntoIterator<Item = (L, Origin)>, none: Origin) -> Self {
        let mut text = String::new();
        let mut origins = Vec::new();
        for (line, origin) in lines {
            if !origins.is_empty() {
                text.push('\n');
            }
            text.push_str(line.as_ref());
            origins.push(origin);
        }
        if origins.is_empty() {
            origins.push(none);
        }
        Self::new(text, origins)
    }

    /// The origin of the line that byte `at` is on.
    pub(super) fn origin_at(&self, at: usize) -> Origin {
        self.origins_from(at).next().unwrap_or((0, 1))
    }

    /// The origins of the line that byte `at` is on and of all after it.
    pub(super) fn origins_from(&self, at: usize) -> impl Iterator<Item = Origin> {
        let line = self.starts.partition_point(|&start| start <= at);
        self.origins[line.min(self.origins.len() - 1)..].iter().copied()
    }
}
