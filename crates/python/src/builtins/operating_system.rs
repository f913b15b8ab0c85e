//! `os` and `sys`, as far as they are about names and not about files.

use super::{Native, text_of};
use crate::evaluate::{Evaluator, Run};
use crate::value::{Args, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::function("os.getenv", |reader, args| {
        let environment = reader.module_attribute("os", "environ");
        match super::methods::call(reader, &environment, "get", &args) {
            Some(value) => value,
            None => reader.give_up(&args, "`getenv()`"),
        }
    })
    .takes(1, 2, "key default"),
    Native::function("os.path.join", |reader, args| {
        let parts: Option<Vec<_>> = args.pos.iter().map(|part| text_of(Some(part))).collect();
        let Some(parts) = parts.filter(|_| args.open.is_none()) else {
            return reader.give_up(&args, "a path");
        };
        let mut path = String::new();
        for part in &parts {
            if part.starts_with('/') || path.is_empty() {
                path = part.to_string();
            } else {
                if !path.ends_with('/') {
                    path.push('/');
                }
                path.push_str(part);
            }
        }
        Ok(Value::str(path))
    })
    .takes(1, usize::MAX, ""),
    Native::function("os.path.basename", |reader, args| {
        on_path(reader, &args, |path| Value::str(path.rsplit('/').next().unwrap_or(path)))
    })
    .takes(1, 1, "p"),
    Native::function("os.path.dirname", |reader, args| {
        on_path(reader, &args, |path| {
            let head = path.rfind('/').map_or("", |at| &path[..=at]);
            let trimmed = head.trim_end_matches('/');
            Value::str(if trimmed.is_empty() { head } else { trimmed })
        })
    })
    .takes(1, 1, "p"),
    Native::function("os.path.splitext", |reader, args| {
        on_path(reader, &args, |path| {
            let name = path.rfind('/').map_or(0, |at| at + 1);
            let stem = path[name..].trim_start_matches('.');
            let offset = path.len() - stem.len();
            let at = stem.rfind('.').map_or(path.len(), |at| offset + at);
            Value::tuple(vec![Value::str(&path[..at]), Value::str(&path[at..])])
        })
    })
    .takes(1, 1, "p"),
    Native::function("os.makedirs", nothing),
    Native::function("os.mkdir", nothing),
    Native::function("os.system", |reader, _| {
        reader.risk();
        Ok(reader.unknown("it comes from `os.system()`"))
    }),
];

fn on_path(reader: &mut Evaluator<'_>, args: &Args, run: fn(&str) -> Value) -> Run<Value> {
    match text_of(args.pos.first()) {
        Some(path) => Ok(run(&path)),
        None => reader.give_up(args, "a path"),
    }
}

fn nothing(reader: &mut Evaluator<'_>, _: Args) -> Run<Value> {
    reader.risk();
    Ok(Value::None)
}
