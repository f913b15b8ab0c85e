//! Programs that turn known text into known text. Anything beyond the forms read here is unknown.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::jq;
use super::machine::Machine;
use super::value::Value;

/// What `name` prints, if it is one of these programs.
pub(super) fn run(machine: &mut Machine<'_>, name: &str, arguments: &[Value], line: usize) -> Option<Value> {
    let text: Result<Vec<&str>, Value> =
        arguments.iter().map(|argument| argument.as_str().ok_or_else(|| argument.clone())).collect();
    if !matches!(name, "echo" | "printf" | "cat" | "base64" | "tr" | "seq" | "jq" | "pwd") {
        return None;
    }
    let arguments = match text {
        Ok(arguments) => arguments,
        Err(unknown) => return Some(unknown),
    };
    let input = || machine.input.clone().unwrap_or_else(|| Value::unknown("it is typed in", line));
    let not_followed = || Value::unknown(format!("this form of `{name}` is not followed"), line);
    let printed = match name {
        "echo" => echo(&arguments),
        "printf" => printf(&arguments),
        "seq" => seq(&arguments),
        "cat" => return Some(cat(machine, &arguments, line)),
        "base64" => return Some(base64(machine, &arguments, line)),
        "tr" => match input().as_str() {
            Some(known) => tr(&arguments, known),
            None => return Some(input()),
        },
        "jq" => match (arguments.iter().any(|flag| is_null_input(flag)), input()) {
            (true, _) => jq::run(&arguments, None),
            (false, Value::Known(known)) => jq::run(&arguments, Some(&known)),
            (false, unknown) => return Some(unknown),
        },
        _ => None,
    };
    Some(printed.map_or_else(not_followed, Value::known))
}

fn is_null_input(flag: &str) -> bool {
    flag == "--null-input" || (flag.starts_with('-') && !flag.starts_with("--") && flag.contains('n'))
}

/// bash's `echo`, which reads escapes only with `-e`.
fn echo(arguments: &[&str]) -> Option<String> {
    let is_flags =
        |text: &&str| text.len() > 1 && text.starts_with('-') && text[1..].chars().all(|c| "neE".contains(c));
    let flags = arguments.iter().copied().take_while(is_flags).collect::<Vec<_>>();
    let text = arguments[flags.len()..].join(" ");
    let flags = flags.concat();
    let text = match (flags.rfind('e'), flags.rfind('E')) {
        (Some(reads), does_not) if does_not.is_none_or(|at| at < reads) => unescape(&text)?,
        _ => text,
    };
    Some(if flags.contains('n') { text } else { text + "\n" })
}

/// `printf` with `%s`, `%d` of plain integers, and `%%`.
fn printf(arguments: &[&str]) -> Option<String> {
    let (format, mut arguments) = arguments.split_first()?;
    if format.starts_with('-') {
        return None;
    }
    let mut out = String::new();
    loop {
        let before = arguments.len();
        let mut parts = format.split('%');
        out.push_str(&unescape(parts.next()?)?);
        while let Some(part) = parts.next() {
            let (directive, rest) = match part.chars().next() {
                Some(directive) => (directive, &part[directive.len_utf8()..]),
                // `%%`: the split gives an empty part between the two.
                None => ('%', parts.next()?),
            };
            match directive {
                '%' => out.push('%'),
                's' | 'd' => {
                    let (value, left) = match arguments.split_first() {
                        Some((value, left)) => (*value, left),
                        None => (if directive == 's' { "" } else { "0" }, arguments),
                    };
                    if directive == 'd'
                        && value.parse::<i64>().ok().map(|n| n.to_string()).as_deref() != Some(value)
                    {
                        return None;
                    }
                    arguments = left;
                    out.push_str(value);
                }
                _ => return None,
            }
            out.push_str(&unescape(rest)?);
        }
        if arguments.is_empty() || arguments.len() == before {
            return Some(out);
        }
    }
}

/// The escapes that `echo -e` and `printf` have in common.
fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(next) = chars.next() {
        if next != '\\' {
            out.push(next);
            continue;
        }
        out.push(match chars.next() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('\\') => '\\',
            // `printf` alone reads `\"`, `echo -e` keeps the backslash.
            _ => return None,
        });
    }
    Some(out)
}

fn seq(arguments: &[&str]) -> Option<String> {
    const MOST: i64 = 10_000;
    let numbers: Vec<i64> = arguments.iter().map(|text| text.parse().ok()).collect::<Option<_>>()?;
    let (from, step, to) = match numbers[..] {
        [to] => (1, 1, to),
        [from, to] => (from, 1, to),
        [from, step, to] => (from, step, to),
        _ => return None,
    };
    if step < 1 || to.checked_sub(from)? > MOST {
        return None;
    }
    let step = usize::try_from(step).ok()?;
    let numbers = (from..=to).step_by(step).map(|number| number.to_string() + "\n");
    Some(numbers.collect())
}

fn cat(machine: &mut Machine<'_>, arguments: &[&str], line: usize) -> Value {
    if arguments.iter().any(|argument| argument.len() > 1 && argument.starts_with('-')) {
        return Value::unknown("this form of `cat` is not followed", line);
    }
    let paths = if arguments.is_empty() { &["-"] } else { arguments };
    let mut all = Value::known("");
    for path in paths {
        let content = machine.content(&Value::known(path), line);
        all = machine.bounded(all.then(&content), line);
    }
    all
}

/// GNU's `base64`: lines of 76 characters unless `-w` says otherwise.
fn base64(machine: &mut Machine<'_>, arguments: &[&str], line: usize) -> Value {
    let not_followed = || Value::unknown("this form of `base64` is not followed", line);
    let (mut width, mut backwards, mut path) = (Some(76), false, "-");
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let wrap = argument.strip_prefix("--wrap=").or_else(|| argument.strip_prefix("-w"));
        match (*argument, wrap) {
            (_, Some(digits)) => {
                let digits = if digits.is_empty() { arguments.next().copied().unwrap_or("") } else { digits };
                match digits.parse::<usize>() {
                    Ok(0) => width = None,
                    Ok(columns) => width = Some(columns),
                    Err(_) => return not_followed(),
                }
            }
            ("-d" | "-D" | "--decode", _) => backwards = true,
            ("-i" | "--input", _) => match arguments.next() {
                // macOS names the file with `-i`; GNU's `-i` only goes with `-d`.
                Some(file) if !backwards => path = file,
                _ => return not_followed(),
            },
            (file, None) if !file.starts_with('-') || file == "-" => path = file,
            _ => return not_followed(),
        }
    }
    let content = machine.content(&Value::known(path), line);
    let Some(text) = content.as_str() else { return content };
    if backwards {
        let unbroken: String = text.split_ascii_whitespace().collect();
        let decoded = STANDARD.decode(unbroken).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        return decoded.map_or_else(not_followed, Value::known);
    }
    Value::known(wrapped(&STANDARD.encode(text), width))
}

fn wrapped(encoded: &str, width: Option<usize>) -> String {
    let Some(width) = width else { return encoded.to_owned() };
    let mut out = String::with_capacity(encoded.len() + encoded.len() / width + 1);
    let mut rest = encoded;
    while !rest.is_empty() {
        let (line, left) = rest.split_at(width.min(rest.len()));
        out.push_str(line);
        out.push('\n');
        rest = left;
    }
    out
}

/// `tr -d` of a few plain characters.
fn tr(arguments: &[&str], input: &str) -> Option<String> {
    let ["-d", set] = arguments else { return None };
    let set = unescape(set)?;
    if set.contains(['-', '[', ']']) {
        return None;
    }
    Some(input.replace(|c| set.contains(c), ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn echo_and_printf_are_bash_s() {
        assert_eq!(echo(&["-n", r"a\n", "b"]).unwrap(), r"a\n b");
        assert_eq!(echo(&["-e", r"a\n"]).unwrap(), "a\n\n");
        assert_eq!(echo(&["-"]).unwrap(), "-\n");
        assert_eq!(printf(&[r"%s=%d\n", "a", "1", "b", "2"]).unwrap(), "a=1\nb=2\n");
        assert_eq!(printf(&["100%%|%s|", "x"]).unwrap(), "100%|x|");
        assert_eq!(printf(&["%5s", "x"]), None);
        assert_eq!(printf(&["%d", "x"]), None);
        assert_eq!(printf(&["plain"]).unwrap(), "plain");
    }

    #[test]
    fn lines_are_wrapped_as_gnu_does() {
        assert_eq!(wrapped("abcde", Some(2)), "ab\ncd\ne\n");
        assert_eq!(wrapped("abcde", None), "abcde");
        assert_eq!(wrapped("", Some(76)), "");
    }

    #[test]
    fn tr_and_seq() {
        assert_eq!(tr(&["-d", r"\n"], "a\nb\n").unwrap(), "ab");
        assert_eq!(tr(&["a-z", "A-Z"], "a"), None);
        assert_eq!(seq(&["2"]).unwrap(), "1\n2\n");
        assert_eq!(seq(&["1", "99999999999"]), None);
    }
}
