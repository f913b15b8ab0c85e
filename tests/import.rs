//! `tutor import`: what others recorded becomes pending recordings, named for what they are.

use crate::project::Project;

const URL: &str = "https://bedrock-runtime.eu-west-1.amazonaws.com/model/amazon.titan-text-express-v1/invoke";
const ARN: &str = "arn:aws:bedrock:eu-west-1:987654321098:inference-profile/eu.amazon.nova-lite-v1:0";

/// A cassette of one exchange with the request of the chapter under test.
fn cassette(reply: &str, request_id: &str) -> String {
    format!(
        "interactions:\n- request:\n    body: '{{\"inputText\": \"Name three uses of a paper clip.\"}}'\n    headers:\n      \
         Authorization: ['AWS4-HMAC-SHA256 Credential=AKIAABCDEFGHIJKLMNOP/20261127/eu-west-1/bedrock/aws4_request']\n    \
         uri: {URL}\n  response:\n    body:\n      string: '{{\"inputTextTokenCount\":8,\"results\":[{{\"tokenCount\":5,\
         \"outputText\":\"{reply}\",\"completionReason\":\"FINISH\"}}]}}'\n    headers:\n      Content-Type: \
         [application/json]\n      x-amzn-RequestId: [{request_id}]\n    status: {{code: 200}}\nversion: 1\n"
    )
}

#[test]
fn a_cassette_answers_the_chapter_that_asks_and_says_whose_it_is() {
    let project = Project::with_chapter(crate::project::ONE_CALL);
    project.write("cassettes/one.yaml", &cassette("Hold paper.", "r-1"));
    project.write("cassettes/again.yaml", &cassette("Pick a lock.", "r-2"));
    project.write("cassettes/same.yaml", &cassette("Hold paper.", "r-1"));
    project.write("cassettes/notes.txt", "nothing of the kind");

    let planned = project.tutor(["import", "--dry-run", "cassettes"]);
    assert_eq!((planned.code, planned.stdout.as_str()), (Some(0), ""), "{}", planned.stderr);
    assert!(planned.stderr.contains("1 requests      3 answers"), "{}", planned.stderr);
    assert!(planned.stderr.contains("not read: cassettes/notes.txt"), "{}", planned.stderr);

    let done = project.tutor(["import", "--source", "a test suite", "cassettes"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(done.stdout.lines().count(), 1, "{}", done.stdout);
    assert!(done.stdout.starts_with("fixtures/chapter/titan-text-express."), "{}", done.stdout);
    let file = project.read(done.stdout.trim());
    assert!(file.contains("\"imported\"") && file.contains("a test suite"), "{file}");
    assert_eq!(file.matches("outputText").count(), 2, "one recording, two samples: {file}");
    assert!(!file.contains("AKIA"), "{file}");

    assert_eq!(project.tutor(["import", "cassettes"]).stdout, "", "nothing new the second time");
    assert_eq!(project.tutor(["accept", "--all"]).code, Some(0));
    let built = project.tutor(["build"]);
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    let page = project.page();
    assert!(page.contains("Hold paper.") && page.contains("a test suite"), "{page}");
}

#[test]
fn accounts_are_masked_and_broken_files_bring_in_nothing() {
    let project = Project::with_chapter("# Nothing is asked here\n");
    let arn = ARN.replace(':', "%3A").replace('/', "%2F");
    let one = cassette("Fine.", "r-1").replace("amazon.titan-text-express-v1", &arn);
    project.write("whole.yaml", &one.replace("paper clip", "clip of 987654321098"));
    project.write("broken.yaml", &format!("{}- request: 'open", cassette("Never.", "r-2")));
    let done = project.tutor(["import", "--into", "shop/tests", "whole.yaml", "broken.yaml"]);
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    assert!(done.stderr.contains("not read: broken.yaml:"), "{}", done.stderr);
    assert!(done.stdout.starts_with("fixtures/shop/tests/"), "{}", done.stdout);
    let file = project.read(done.stdout.trim());
    assert!(file.contains("000000000000") && !file.contains("987654321098"), "{file}");

    for into in ["../elsewhere", "/tmp/x", "a//b"] {
        assert_eq!(project.tutor(["import", "--into", into, "whole.yaml"]).code, Some(2), "{into}");
    }
    assert_eq!(project.tutor(["import", "nowhere.yaml"]).code, Some(1));
}

#[test]
fn a_batch_goes_out_and_comes_back_under_the_same_keys() {
    let project = Project::with_chapter(
        &crate::project::ONE_REQUEST.replace("titan-text-express-v1", "nova-lite-v1:0"),
    );
    let done = project.tutor(["record", "--batch", "batch", "--samples", "2"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.contains("aws bedrock create-model-invocation-job"), "{}", done.stdout);
    assert!(done.stderr.contains("2 records") && done.stderr.contains("Nothing was sent"), "{}", done.stderr);
    assert!(!project.path("fixtures").exists(), "nothing is recorded yet");
    assert_eq!(project.tutor(["record", "--batch", "batch"]).code, Some(2), "never over what is there");

    let input = project.read("batch/nova-lite-invoke.jsonl");
    let reply = |line: &str, text: &str| {
        let mut record: serde_json::Value = serde_json::from_str(line).expect("JSON");
        record["modelOutput"] = serde_json::json!({"stopReason": "end_turn",
            "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
            "usage": {"inputTokens": 8, "outputTokens": 5, "totalTokens": 13}});
        record.to_string() + "\n"
    };
    let mut lines: Vec<String> =
        input.lines().zip(["Hold.", "Pick."]).map(|(line, text)| reply(line, text)).collect();
    lines.reverse();
    project.write("batch/out/job1/nova-lite-invoke.jsonl.out", &lines.concat());
    project.write("batch/out/job1/manifest.json.out", "{\"totalRecordCount\":2}\n");
    let done = project.tutor(["import", "batch"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.starts_with("fixtures/chapter/nova-lite."), "{}", done.stdout);
    let file = project.read(done.stdout.trim());
    assert!(file.contains("\"batch\": true") && file.matches("end_turn").count() == 2, "{file}");
    assert_eq!(project.tutor(["accept", "--all"]).code, Some(0));
    assert!(project.page().contains("Bedrock batch inference"));
}
