//! Code that makes what is billed by the hour, and never takes it away.

use std::sync::LazyLock;

use regex::Regex;

use crate::check::model_ids::is_code;
use crate::check::{Chapter, Finding, Level, Material, Rule};

pub(in crate::check) static RULE: Rule = Rule {
    id: "cost-trap",
    level: Level::Warn,
    explanation: "\
Code makes something that is billed by the hour whether it is used or not
(provisioned throughput, a knowledge base with its vector store, an OpenSearch
collection), and neither this chapter nor a later one takes it away. A reader
who stops here goes on paying. Show the clean-up, or say that there is one
elsewhere:
  <!-- tutor: allow = [{ rule = \"cost-trap\", reason = \"the workshop\" }] -->",
    check,
};

/// What is made and taken away: in Python's and the command line's spelling.
struct Trap {
    what: &'static str,
    made: Regex,
    gone: Regex,
}

static TRAPS: LazyLock<Vec<Trap>> = LazyLock::new(|| {
    [
        (
            "provisioned throughput",
            r"create_provisioned_model_throughput\s*\(|\bcreate-provisioned-model-throughput\b|CreateProvisionedModelThroughputCommand",
            r"delete_provisioned_model_throughput\s*\(|\bdelete-provisioned-model-throughput\b|DeleteProvisionedModelThroughputCommand",
        ),
        (
            "a knowledge base",
            r"create_knowledge_base\s*\(|\bcreate-knowledge-base\b|CreateKnowledgeBaseCommand",
            r"delete_knowledge_base\s*\(|\bdelete-knowledge-base\b|DeleteKnowledgeBaseCommand",
        ),
        (
            "an OpenSearch Serverless collection",
            r"\baoss\w*\.create_collection\s*\(|opensearchserverless\b[^;]{0,400}?\bcreate[-_]collection\b|CreateCollectionCommand",
            r"\bdelete_collection\s*\(|\bdelete-collection\b|DeleteCollectionCommand",
        ),
        (
            "a vector bucket",
            r"create_vector_bucket\s*\(|\bcreate-vector-bucket\b|CreateVectorBucketCommand",
            r"delete_vector_bucket\s*\(|\bdelete-vector-bucket\b|DeleteVectorBucketCommand",
        ),
    ]
    .map(|(what, made, gone)| Trap {
        what,
        made: Regex::new(&format!("(?s){made}")).expect("a constant pattern"),
        gone: Regex::new(gone).expect("a constant pattern"),
    })
    .into()
});

fn check(material: &Material<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let makes =
        |chapter: &Chapter| ["create_", "create-", "Create"].iter().any(|it| chapter.text.contains(it));
    for (index, chapter) in material.chapters.iter().enumerate().filter(|(_, chapter)| makes(chapter)) {
        for trap in TRAPS.iter() {
            let Some(fence) = fences(chapter).find(|(_, code)| trap.made.is_match(code)) else { continue };
            let is_gone = material.chapters[index..]
                .iter()
                .any(|later| fences(later).any(|(_, code)| trap.gone.is_match(&code)));
            if !is_gone {
                findings.push(found(chapter, trap, &fence));
            }
        }
    }
    findings
}

fn found(chapter: &Chapter, trap: &Trap, (fence, code): &(usize, String)) -> Finding {
    let line = trap.made.find(code).map_or(0, |made| {
        // The pattern may begin with what stands before the call itself.
        code[..made.end()].matches('\n').count()
    });
    let first = chapter.read.chapter.fences[*fence].range.start;
    let place = chapter.at_line(chapter.line_of(first) + line);
    let message = format!("the code makes {}, and nothing in this or a later chapter deletes it", trap.what);
    let help = "it is billed by the hour: show how it is deleted";
    Finding::new(place, message, help).in_fence(chapter.fence(*fence)).about(trap.what)
}

/// The code of each fence, lines kept and comments blanked.
fn fences(chapter: &Chapter) -> impl Iterator<Item = (usize, String)> {
    let fences = chapter.read.chapter.fences.iter().enumerate().filter(|(_, fence)| is_code(fence));
    fences.map(|(index, fence)| {
        let lines = chapter.text[fence.range.clone()].lines().map(|line| {
            let code = line.trim_start();
            if code.starts_with('#') || code.starts_with("//") { "" } else { line }
        });
        (index, lines.collect::<Vec<_>>().join("\n"))
    })
}
