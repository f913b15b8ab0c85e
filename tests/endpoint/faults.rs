//! Faults that were asked for.

use super::served::{AT_ONCE, Served};

const PATH: &str = "/model/amazon.titan-text-express-v1/invoke";
const STREAM: &str = "/model/meta.llama2-13b-chat-v1/invoke-with-response-stream";

fn statuses(arguments: &[&str]) -> Vec<u16> {
    let served = Served::with(&[&AT_ONCE, arguments].concat());
    (0..40).map(|_| served.post(PATH, br#"{"inputText":"hi"}"#).status).collect()
}

#[test]
fn runs_with_the_same_seed_repeat() {
    let arguments = ["--throttle", "0.3", "--fail", "0.3", "--seed", "7"];
    let first = statuses(&arguments);
    assert_eq!(first, statuses(&arguments));
    for status in [200, 429, 500] {
        assert!(first.contains(&status), "{status}: {first:?}");
    }
    assert_ne!(first, statuses(&["--throttle", "0.3", "--fail", "0.3", "--seed", "8"]));
}

#[test]
fn faults_are_worded_as_bedrock_words_them() {
    let served = Served::with(&[&AT_ONCE[..], &["--throttle", "1"]].concat());
    let throttled = served.post(PATH, br#"{"inputText":"hi"}"#);
    assert_eq!(
        throttled.header("x-amzn-errortype"),
        "ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/"
    );
    assert_eq!(throttled.text(), r#"{"message":"Too many requests, please wait before trying again."}"#);
}

#[test]
fn a_stream_breaks_off_with_an_exception_after_some_text() {
    let served = Served::with(&[&AT_ONCE[..], &["--mid-stream-fault", "1", "--seed", "3"]].concat());
    let broken = served.post(STREAM, br#"{"prompt":"hi"}"#);
    assert_eq!(broken.status, 200);
    let text = broken.text();
    assert!(text.contains(":event-type"), "something came first");
    assert!(text.contains("throttlingException") && text.contains("Too many tokens"), "{text}");
    assert!(!text.contains("amazon-bedrock-invocationMetrics"), "the end did not come");
    assert_eq!(served.post(PATH, br#"{"inputText":"hi"}"#).status, 200, "whole answers are not hit");
}
