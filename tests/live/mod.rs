//! `tutor record` through the real AWS SDK and a real socket, against `tutor endpoint`.
//!
//! The endpoint's answers are a stand-in's, and the recordings say so: no test can make a recording
//! that claims to be Bedrock's.

mod builds;
mod canary;
mod crash;
mod execute;
mod faults;
mod troubles;

use std::process::Command;

use crate::project::{Done, Project};

/// Runs `tutor record` in the book's folder against `tutor endpoint` with these flags.
fn record_against(project: &Project, endpoint: &[&str], record: &[&str]) -> Done {
    let tutor = env!("CARGO_BIN_EXE_tutor");
    let mut command = Command::new(tutor);
    command.args(["endpoint", "--pace", "0"]).args(endpoint).args(["--", tutor, "record"]).args(record);
    project.run(command, "")
}

/// A chapter with this many requests to models that are alive and have a price.
fn requests(count: usize) -> String {
    let mut text = "# Many requests\n".to_owned();
    for number in 0..count {
        let model = ["amazon.nova-lite-v1:0", "amazon.nova-micro-v1:0"][number % 2];
        let operation =
            ["InvokeModel", "InvokeModelWithResponseStream", "Converse", "ConverseStream"][number % 4];
        text += &format!(
            "\n```toml bedrock\nmodel = \"{model}\"\noperation = \"{operation}\"\nbody.messages = [{{ role = \"user\", \
             content = [{{ text = \"Question {number}\" }}] }}]\nbody.inferenceConfig = {{ maxTokens = 50 }}\n```\n"
        );
    }
    text
}

fn fixtures(project: &Project) -> Vec<(String, String)> {
    let tree = project.tree().into_iter().filter(|(path, _)| path.starts_with("fixtures"));
    tree.map(|(path, bytes)| {
        (path.to_string_lossy().into_owned(), String::from_utf8(bytes).expect("recordings are text"))
    })
    .collect()
}
