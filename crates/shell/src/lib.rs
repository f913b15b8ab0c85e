//! Shell fences: `aws bedrock-runtime invoke-model | converse` as the AWS CLI documents them, and `curl` to Bedrock.
//!
//! In come the shell fences of a chapter, read as one bash script in their order and never run; out
//! come the calls they make. Variables, quotes, here-documents, pipes, functions, loops and files
//! made in the chapter are followed where their content is known; everything else is unknown with a
//! reason. Programs are taken to succeed, as a chapter read from top to bottom supposes.
//!
//! Text goes `prompt` → `parse` and `word` → `syntax`; the `machine` goes over that with `run`
//! (control flow), `simple` (who runs a command), `builtins`, `condition`, `programs` and `jq`;
//! `curl` and `aws` turn a command line into a call, the latter with the help of `parameter`, `shorthand`, `shape` and
//! `operations`.

mod aws;
mod builtins;
mod condition;
mod curl;
mod expand;
mod jq;
mod machine;
mod operations;
mod parameter;
mod parse;
mod programs;
mod prompt;
pub mod request_fence;
mod run;
mod shape;
mod shorthand;
mod simple;
mod state;
mod syntax;
#[cfg(test)]
mod tests;
mod value;
mod word;

use machine::Machine;
use tutor_bedrock::found::{Findings, Source, Unparsed};

/// The largest fence that is read, in bytes; beyond it nothing was typed by hand.
const MAX_FENCE: usize = 1 << 20;

/// Reads the shell fences of one chapter, in order, as one script.
pub fn read(sources: &[&Source]) -> Findings {
    let Some(first) = sources.first() else { return Findings::default() };
    let mut machine = Machine::new(first);
    let mut unparsed = Vec::new();
    for source in sources {
        let parsed = if source.text.len() > MAX_FENCE {
            machine.pass_anything(source.first_line);
            unparsed.push(Unparsed {
                fence: source.fence,
                line: source.first_line,
                message: "the fence is too large to be read".to_owned(),
            });
            continue;
        } else {
            parse::parse(&prompt::typed(&source.text), source.first_line)
                .map_err(|error| (error.line, error.message))
        };
        match parsed {
            Ok(script) => machine.read(source, &script),
            Err((line, message)) => {
                machine.pass(source, line);
                unparsed.push(Unparsed { fence: source.fence, line, message });
            }
        }
    }
    let (calls, remarks) = machine.finish();
    Findings { calls, unparsed, remarks }
}
