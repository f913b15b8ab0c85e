//! `console` fences: what a person typed after `$ `, without what the machine said.

use std::borrow::Cow;

use super::parse::parse;

/// How many lines one typed command may go on over.
const MAX_CONTINUED: usize = 300;

/// The typed lines of a transcript, everything else emptied so that lines keep their numbers. A
/// text whose first line has no `$ ` is a script and comes back as it is.
pub(super) fn typed(text: &str) -> Cow<'_, str> {
    let first = text.lines().map(str::trim_start).find(|line| !line.is_empty() && !line.starts_with('#'));
    if !first.is_some_and(|line| line.starts_with("$ ")) {
        return Cow::Borrowed(text);
    }
    let mut typed = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(command) = line.trim_start().strip_prefix("$ ") else {
            typed.push('\n');
            continue;
        };
        let mut entry = format!("{command}\n");
        for _ in 0..MAX_CONTINUED {
            let goes_on = command_goes_on(&entry);
            let Some(next) = lines.next_if(|next| goes_on && !next.trim_start().starts_with("$ ")) else {
                break;
            };
            entry.push_str(next.strip_prefix("> ").unwrap_or(next));
            entry.push('\n');
        }
        typed.push_str(&entry);
    }
    Cow::Owned(typed)
}

/// Whether bash would ask for more lines.
fn command_goes_on(entry: &str) -> bool {
    entry.ends_with("\\\n") || parse(entry, 1).is_err_and(|error| error.incomplete)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_emptied_and_lines_stay() {
        let text = "$ echo a\na\n$ cat <<E\n> {\n> E\n{\n$ x \\\n  y 'z\nw'\nout 'put\n";
        assert_eq!(typed(text), "echo a\n\ncat <<E\n{\nE\n\nx \\\n  y 'z\nw'\n\n");
    }

    #[test]
    fn a_script_is_left_alone() {
        assert_eq!(typed("# list\necho '$ x'\n"), "# list\necho '$ x'\n");
    }
}
