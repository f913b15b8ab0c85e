//! Which models a rule is for.

/// Bare ids, or beginnings of them.
#[derive(Debug)]
pub(super) struct Patterns {
    of: Vec<String>,
    except: Vec<String>,
}

impl Patterns {
    pub(super) fn new(of: Vec<String>, except: Vec<String>) -> Self {
        Patterns { of, except }
    }

    /// Whether a bare id is meant.
    pub(super) fn contain(&self, bare: &str) -> bool {
        let is = |pattern: &String| match pattern.strip_suffix('*') {
            Some(beginning) => bare.starts_with(beginning),
            None => bare == pattern,
        };
        self.of.iter().any(is) && !self.except.iter().any(is)
    }

    /// Every pattern.
    #[cfg(test)]
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.of.iter().chain(&self.except).map(String::as_str)
    }
}
