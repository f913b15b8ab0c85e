//! Exceptions: Python's own hierarchy, and those of botocore that teaching code names.

use super::Native;
use crate::evaluate::{Evaluator, Run};
use crate::value::{Args, Value};

const fn exception(name: &'static str, parent: &'static str) -> Native {
    Native::exception(name, parent, |reader, args| reader.give_up(&args, "an exception"))
}

pub(super) const NATIVES: &[Native] = &[
    exception("BaseException", ""),
    exception("Exception", "BaseException"),
    exception("KeyboardInterrupt", "BaseException"),
    exception("SystemExit", "BaseException"),
    exception("GeneratorExit", "BaseException"),
    exception("ArithmeticError", "Exception"),
    exception("ZeroDivisionError", "ArithmeticError"),
    exception("OverflowError", "ArithmeticError"),
    exception("FloatingPointError", "ArithmeticError"),
    exception("AssertionError", "Exception"),
    exception("AttributeError", "Exception"),
    exception("BufferError", "Exception"),
    exception("EOFError", "Exception"),
    exception("ImportError", "Exception"),
    exception("ModuleNotFoundError", "ImportError"),
    exception("LookupError", "Exception"),
    exception("IndexError", "LookupError"),
    exception("KeyError", "LookupError"),
    exception("MemoryError", "Exception"),
    exception("NameError", "Exception"),
    exception("UnboundLocalError", "NameError"),
    exception("OSError", "Exception"),
    exception("IOError", "Exception"),
    exception("ConnectionError", "OSError"),
    exception("FileNotFoundError", "OSError"),
    exception("FileExistsError", "OSError"),
    exception("PermissionError", "OSError"),
    exception("TimeoutError", "OSError"),
    exception("ReferenceError", "Exception"),
    exception("RuntimeError", "Exception"),
    exception("NotImplementedError", "RuntimeError"),
    exception("RecursionError", "RuntimeError"),
    exception("StopIteration", "Exception"),
    exception("StopAsyncIteration", "Exception"),
    exception("SyntaxError", "Exception"),
    exception("SystemError", "Exception"),
    exception("TypeError", "Exception"),
    exception("ValueError", "Exception"),
    exception("UnicodeError", "ValueError"),
    exception("UnicodeDecodeError", "UnicodeError"),
    exception("UnicodeEncodeError", "UnicodeError"),
    exception("Warning", "Exception"),
    exception("UserWarning", "Warning"),
    exception("DeprecationWarning", "Warning"),
    exception("FutureWarning", "Warning"),
    exception("RuntimeWarning", "Warning"),
    exception("json.JSONDecodeError", "ValueError"),
    exception("json.decoder.JSONDecodeError", "json.JSONDecodeError"),
    exception("asyncio.TimeoutError", "Exception"),
    exception("asyncio.CancelledError", "BaseException"),
    exception("botocore.exceptions.BotoCoreError", "Exception"),
    exception("botocore.exceptions.ClientError", "Exception"),
    exception("botocore.exceptions.NoCredentialsError", "botocore.exceptions.BotoCoreError"),
    exception("botocore.exceptions.PartialCredentialsError", "botocore.exceptions.BotoCoreError"),
    exception("botocore.exceptions.ParamValidationError", "botocore.exceptions.BotoCoreError"),
    exception("botocore.exceptions.ReadTimeoutError", "botocore.exceptions.BotoCoreError"),
    exception("botocore.exceptions.EndpointConnectionError", "botocore.exceptions.BotoCoreError"),
    exception("botocore.exceptions.ProfileNotFound", "botocore.exceptions.BotoCoreError"),
];

pub(super) const METHODS: &[&str] = &["__init__", "with_traceback", "add_note", "__str__"];

/// Calls a method of an exception.
pub(super) fn call(reader: &mut Evaluator<'_>, object: &Value, name: &str, args: &Args) -> Run<Value> {
    match name {
        "__init__" => {
            reader.set_attribute(object, "args", Value::tuple(args.pos.clone()))?;
            Ok(Value::None)
        }
        "with_traceback" => Ok(object.clone()),
        "__str__" => Ok(reader.unknown("the text of an exception")),
        _ => Ok(Value::None),
    }
}

/// `object.__init__`, reached through `super()`.
pub(super) fn call_plain(_: &mut Evaluator<'_>, _: &Value, _: &str, _: &Args) -> Run<Value> {
    Ok(Value::None)
}
