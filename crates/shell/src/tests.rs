//! Whole scripts, as chapters write them.

use super::*;
use tutor_bedrock::found::{Finding, Language};
use tutor_bedrock::{Call, Json, Operation};

fn source(fence: usize, text: &str) -> Source {
    Source {
        fence,
        language: Language::Shell,
        text: text.to_owned(),
        first_line: 10 * fence + 1,
        values: Vec::new(),
        skip: false,
    }
}

fn found(fences: &[&str]) -> Findings {
    let sources: Vec<Source> = fences.iter().enumerate().map(|(fence, text)| source(fence, text)).collect();
    read(&sources.iter().collect::<Vec<_>>())
}

/// One line a call: fence, line, and what is known of it.
fn told(fences: &[&str]) -> String {
    let findings = found(fences);
    let mut lines: Vec<String> = findings
        .calls
        .iter()
        .map(|call| {
            let what = match &call.finding {
                Finding::Resolved(call) => {
                    format!("{} {} {}", call.operation, call.model_id, call.body.to_compact())
                }
                Finding::Unresolved { reason, .. } => {
                    format!("unresolved: {} (line {})", reason.text, reason.line.unwrap_or(0))
                }
                Finding::Uncalled { known } => format!("uncalled {} {:?}", known.operation, known.model_id),
                Finding::Unread(unread) => unread.reason().text,
            };
            format!("{}:{} {what}", call.fence, call.line)
        })
        .collect();
    lines.extend(findings.unparsed.iter().map(|u| format!("{}:{} unparsed: {}", u.fence, u.line, u.message)));
    lines.extend(findings.remarks.iter().map(|r| format!("{}:{} remark: {}", r.fence, r.line, r.message)));
    lines.join("\n")
}

/// The only call of a script.
fn only(text: &str) -> Call {
    let findings = found(&[text]);
    match findings.calls.as_slice() {
        [call] => match &call.finding {
            Finding::Resolved(call) => call.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?} {:?}", findings.unparsed),
    }
}

fn body(text: &str) -> String {
    only(text).body.to_compact()
}

/// `aws bedrock-runtime invoke-model` with a raw body and everything it needs.
fn invoke(body: &str) -> String {
    format!(
        "aws bedrock-runtime invoke-model --model-id m --cli-binary-format raw-in-base64-out --body {body} out.json"
    )
}

#[test]
fn both_commands_are_read() {
    insta::assert_snapshot!(told(&[
        "aws bedrock-runtime invoke-model \\\n  --model-id amazon.titan-text-express-v1 \\\n  --body '{\"inputText\": \"Hi\"}' \\\n  --cli-binary-format raw-in-base64-out \\\n  out.txt\n",
        "pip install awscli\naws --region us-east-1 bedrock-runtime converse --model-id amazon.nova-lite-v1:0 \\\n  --messages '[{\"role\": \"user\", \"content\": [{\"text\": \"Hi\"}]}]' \\\n  --inference-config maxTokens=512,temperature=0.5,stopSequences=A,B --query 'output.message' --output text\n",
    ]), @r#"
    0:1 InvokeModel amazon.titan-text-express-v1 {"inputText":"Hi"}
    1:12 Converse amazon.nova-lite-v1:0 {"messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"maxTokens":512,"temperature":0.5,"stopSequences":["A","B"]}}
    "#);
}

#[test]
fn bodies_are_base64_unless_said_otherwise() {
    let base64 = "aws bedrock-runtime invoke-model --model-id m --body $(echo '{\"a\": 1}' | base64) out";
    assert_eq!(body(base64), r#"{"a":1}"#);
    assert_eq!(
        body(
            "echo '{\"a\": 2}' > b.json\naws bedrock-runtime invoke-model --model-id m --body fileb://b.json out"
        ),
        r#"{"a":2}"#
    );
    assert_eq!(
        body(
            "aws configure set cli_binary_format raw-in-base64-out\naws bedrock-runtime invoke-model --model-id m --body '{}' out"
        ),
        "{}"
    );
    insta::assert_snapshot!(told(&[
        "aws bedrock-runtime invoke-model --model-id m --body '{\"a\": 1}' out",
        "echo '{}' > b.json; aws bedrock-runtime invoke-model --model-id m --body file://b.json out",
        "aws bedrock-runtime invoke-model --model-id m --body '{a}' --cli-binary-format raw-in-base64-out out",
    ]), @"
    0:1 unresolved: `--body` is not base64, which AWS CLI v2 wants without `--cli-binary-format raw-in-base64-out` (line 1)
    1:11 unresolved: `--body` is not base64, which AWS CLI v2 wants without `--cli-binary-format raw-in-base64-out` (line 11)
    2:21 unresolved: the body is not JSON: key must be a string at line 1 column 2 (line 21)
    ");
}

#[test]
fn quotes_and_variables_are_followed() {
    let quoted = invoke(r#""{\"a\": \"$P\", \"b\": \"${Q:-d}\", \"c\": \"${P:+e}\"}""#);
    assert_eq!(body(&format!("P='say hi'\n{quoted}")), r#"{"a":"say hi","b":"d","c":"e"}"#);
    assert_eq!(
        body(&format!("export P=x Q=\"$(printf '%s!' y)\"\n{quoted}")),
        r#"{"a":"x","b":"y!","c":"e"}"#
    );
    assert_eq!(body(&invoke(r#"'{"a": "it'\''s"}'"#)), r#"{"a":"it's"}"#);
    assert_eq!(body(&format!("B='{{\"a\": \"x y\"}}'\n{}", invoke("\"$B\""))), r#"{"a":"x y"}"#);
    assert_eq!(body(&format!("A=1\nA+=2\n{}", invoke("{\\\"a\\\":$A}"))), r#"{"a":12}"#);
}

#[test]
fn what_bash_does_in_its_own_order_is_followed() {
    assert_eq!(body(&format!("A=1\nexport A=2 B=$A\n{}", invoke("{\\\"b\\\":$B}"))), r#"{"b":1}"#);
    assert_eq!(body(&format!("A=1\nA=2 true\n{}", invoke("{\\\"a\\\":$A}"))), r#"{"a":1}"#);
    assert_eq!(body(&format!("A=1\n(A=2)\necho | A=3\n{}", invoke("{\\\"a\\\":$A}"))), r#"{"a":1}"#);
    for doubted in ["if ask && true; then", "if ! ask; then", "while ask; do"] {
        let end = if doubted.starts_with("if") { "fi" } else { "done" };
        let told = told(&[&format!("{doubted} {}; {end}", invoke("'{}'"))]);
        assert!(told.contains("unresolved"), "{told}");
    }
    let returned = told(&[&format!("f() {{ false; return; }}\nf && {}", invoke("'{}'"))]);
    assert!(returned.contains("unresolved"), "{returned}");
}

#[test]
fn here_documents_and_files_are_followed() {
    let file = invoke("file://body.json");
    assert_eq!(
        body(&format!("N=3\ncat > body.json <<EOF\n{{\"n\": $N, \"m\": \"\\$N\"}}\nEOF\n{file}")),
        r#"{"n":3,"m":"$N"}"#
    );
    assert_eq!(body(&format!("cat <<'EOF' > ./body.json\n{{\"n\": \"$N\"}}\nEOF\n{file}")), r#"{"n":"$N"}"#);
    assert_eq!(body(&format!("cat <<-E | tee body.json\n\t{{}}\n\tE\n{file}")), "{}");
    assert_eq!(body(&format!("echo -n '{{' > body.json; echo '}}' >> body.json\n{file}")), "{}");
    assert_eq!(
        body(&format!("mkdir a && cd a\necho '{{}}' > body.json\ncd ..\n{}", invoke("file://a/body.json"))),
        "{}"
    );
    assert_eq!(body(&format!("jq -n --arg p hi '{{p: $p}}' > body.json\n{file}")), r#"{"p":"hi"}"#);
    assert_eq!(body(&format!("cat <<< '{{}}' > body.json\n{file}")), "{}");
}

#[test]
fn files_that_others_may_change_are_not_trusted() {
    let file = invoke("file://body.json");
    insta::assert_snapshot!(told(&[
        &file,
        &format!("echo '{{}}' > body.json\nsed -i s/a/b/ body.json\n{file}"),
        &format!("echo '{{}}' > body.json\npython make.py\n{file}"),
        &format!("echo '{{}}' > body.json\n[ -f x ] && echo '{{}}' > body.json\n{file}"),
        &format!("curl https://example.org > body.json\n{file}"),
        &format!("{}\n{}", file.replace("out.json", "body.json"), file),
    ]));
}

#[test]
fn what_is_not_known_has_a_reason() {
    insta::assert_snapshot!(told(&[
        &invoke("\"{\\\"a\\\": \\\"$TOPIC\\\"}\""),
        &format!("read -p 'Topic: ' TOPIC\n{}", invoke("\"{\\\"a\\\": \\\"$TOPIC\\\"}\"")),
        &format!("T=$(curl https://example.org)\n{}", invoke("\"$T\"")),
        &format!("if [ -n \"$DEBUG\" ]; then\n{}\nfi", invoke("'{}'")),
        &format!("false || {}", invoke("'{}'")),
        &format!("make || {}", invoke("'{}'")),
        &format!("for f in *.txt; do {}; done", invoke("'{}'")),
        &format!("source settings.sh\n{}", invoke("\"${B:-x}\"")),
        &format!("xargs {} < list", invoke("'{}'")),
    ]));
}

#[test]
fn loops_functions_and_conditions_over_known_words_are_followed() {
    let ask = "ask() {\n  local text=\"$1\"\n  aws bedrock-runtime invoke-model --model-id \"${2:-m}\" --cli-binary-format raw-in-base64-out \\\n    --body \"{\\\"t\\\": \\\"$text\\\"}\" out\n}\n";
    insta::assert_snapshot!(told(&[
        &format!("{ask}for model in a.b c.d; do\n  ask hello \"$model\"\ndone"),
        "ask 'two words'",
        "for i in {1..2}; do ask $i; done",
        "if [[ \"$i\" == 2 ]]; then ask yes; else ask no; fi",
        "n=0; while [ $n -lt 1 ]; do ask once; n=1; done",
        "unused() { ask never; }\n",
        "ask a && ask b; ask c | tee log; x=$(ask d) &",
    ]));
}

#[test]
fn early_exits_leave_doubt() {
    insta::assert_snapshot!(told(&[
        &format!("if [ -z \"$KEY\" ]; then exit 1; fi\n{}", invoke("'{}'")),
        &format!("cd project || exit 1\n{}", invoke("'{}'")),
    ]), @"
    0:2 unresolved: `KEY` is not set in this chapter (line 1)
    1:12 unresolved: `KEY` is not set in this chapter (line 1)
    ");
    let left = "f() { [ -z \"$KEY\" ] && return 1; A=2; }\nA=1\nf\n";
    insta::assert_snapshot!(told(&[&format!("{left}{}", invoke("{\\\"a\\\":$A}"))]), @"0:4 unresolved: `A` is set where it may not be reached (line 1)");
    let rounds = "A=1; B=0\nfor i in $(ls); do if [ $B = 1 ]; then A=2; fi; B=1; done\n";
    insta::assert_snapshot!(told(&[&format!("{rounds}{}", invoke("{\\\"a\\\":$A}"))]), @"0:3 unresolved: `A` is set where it may not be reached (line 2)");
    assert_eq!(body(&format!("make || exit 1\n{}", invoke("'{}'"))), "{}");
}

#[test]
fn converse_is_checked_as_the_cli_checks_it() {
    let converse = |rest: &str| format!("aws bedrock-runtime converse --model-id m {rest}");
    let messages = "--messages role=user,content=[{text=Hi}]";
    assert_eq!(
        body(&converse(&format!(
            "{messages} --system text='Be brief' --additional-model-request-fields '{{\"k\": 1}}'"
        ))),
        r#"{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"system":[{"text":"Be brief"}],"additionalModelRequestFields":{"k":1}}"#
    );
    assert_eq!(
        body(&converse(
            "--messages '{\"role\": \"user\", \"content\": [{\"text\": \"a\"}]}' '{\"role\": \"assistant\", \"content\": [{\"text\": \"b\"}]}'"
        )),
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"text":"b"}]}]}"#
    );
    let image = r#"--messages '[{"role": "user", "content": [{"image": {"format": "png", "source": {"bytes": "aGk="}}}]}]'"#;
    assert_eq!(
        body(&converse(image)),
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"aGk="}}}]}]}"#
    );
    assert!(body(&converse(&format!("{image} --cli-binary-format raw-in-base64-out"))).contains("YUdrPQ=="));
    assert_eq!(
        body(
            "aws bedrock-runtime converse --cli-input-json '{\"modelId\": \"m\", \"messages\": []}' --model-id n"
        ),
        r#"{"messages":[]}"#
    );
    insta::assert_snapshot!(told(&[
        &converse("--system 'You are a poet'"),
        &converse("--messages '[{\"role\": \"user\"}]'"),
        &converse(&format!("{messages} --inference-config '{{\"maxTokens\": \"9\"}}'")),
        &converse(&format!("{messages} --inference-config max_tokens=9")),
        &converse("--messages '[{\"text\": \"a\nb\"}]'"),
        &converse(&format!("{messages} --surprise 1")),
        "aws bedrock-runtime converse --messages '[]'",
        &converse(&format!("{messages} out.json")),
        "aws bedrock-runtime invoke-model --model-id m --body e30=",
    ]));
}

#[test]
fn headers_are_read() {
    let call = only(&invoke(
        "'{}' --trace ENABLED --guardrail-identifier g --guardrail-version 1 --service-tier flex --performance-config-latency optimized --accept application/json",
    ));
    insta::assert_debug_snapshot!(call.options);
}

#[test]
fn streaming_operations_and_other_services_send_nothing() {
    insta::assert_snapshot!(told(&[
        "aws bedrock-runtime converse-stream --model-id m --messages '[]'",
        "aws bedrock list-foundation-models\naws bedrock invoke-model --model-id m --body x out\naws bedrock-runtime converse help\naws bedrock-runtime converse --generate-cli-skeleton",
    ]), @"
    0:1 remark: The AWS CLI does not offer streaming operations, so `converse-stream` sends nothing.
    1:12 remark: `invoke-model` is a command of `aws bedrock-runtime`, not of `aws bedrock`.
    ");
}

#[test]
fn transcripts_are_read_for_what_was_typed() {
    assert_eq!(
        body(
            "$ P=hi\n$ aws bedrock-runtime invoke-model --model-id m \\\n>   --cli-binary-format raw-in-base64-out \\\n>   --body \"{\\\"p\\\": \\\"$P\\\"}\" out\n{\n    \"contentType\": \"application/json\"\n}\n"
        ),
        r#"{"p":"hi"}"#
    );
}

#[test]
fn a_fence_that_does_not_parse_spoils_what_it_names() {
    insta::assert_snapshot!(told(&[
        "A=1\nB=2",
        "A=3\necho 'open",
        &invoke("{\\\"b\\\":$B}"),
        &invoke("{\\\"a\\\":$A}"),
    ]), @r#"
    2:21 InvokeModel m {"b":2}
    3:31 unresolved: the fence there does not parse (line 12)
    1:12 unparsed: a single quote is not closed
    "#);
}

#[test]
fn values_of_an_annotation_stand_for_what_is_not_known() {
    let mut given = source(0, &format!("read TOPIC\n{}", invoke("\"{\\\"t\\\": \\\"$TOPIC\\\"}\"")));
    given.values.push(("TOPIC".to_owned(), Json::from("tea")));
    let findings = read(&[&given]);
    assert!(
        matches!(&findings.calls[0].finding, Finding::Resolved(call) if call.body.to_compact() == r#"{"t":"tea"}"#)
    );
    given.skip = true;
    assert!(read(&[&given]).calls.is_empty());
}

#[test]
fn hostile_scripts_end() {
    let deep = format!("{}{}", "(".repeat(20_000), ")".repeat(20_000));
    let quotes = "\"$(".repeat(20_000);
    let ifs = "if true; then ".repeat(20_000);
    let grow =
        format!("A=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n{}{}", "A=$A$A$A$A\n".repeat(40), invoke("\"$A\""));
    let chain = format!("f() {{ f; f; }}\nf\n{}", invoke("'{}'"));
    let spin = format!("while true; do {}; done\n{}", invoke("'{}'"), invoke("'{}'"));
    let nested = format!("{}{}{}", "for i in {1..1000}; do ".repeat(8), invoke("'{}'"), "; done".repeat(8));
    let prompts = "$ echo 'a\n".repeat(5000);
    let huge = "x".repeat(MAX_FENCE + 1);
    let equals = "=".repeat(200_000) + "'";
    for text in [&deep, &quotes, &ifs, &grow, &chain, &spin, &nested, &prompts, &huge, &equals] {
        let findings = found(&[text]);
        let resolved =
            findings.calls.iter().filter(|call| matches!(call.finding, Finding::Resolved(_))).count();
        assert!(resolved == 0 || text.starts_with("for i"), "{}: {resolved}", &text[..40]);
    }
}

#[test]
fn any_text_is_read_without_panicking() {
    let pieces = [
        "'",
        "\"",
        "$",
        "`",
        "(",
        ")",
        "{",
        "}",
        "\\",
        "\n",
        "<<E",
        "E",
        ";",
        "&",
        "|",
        "if",
        "then",
        "é",
        "$((",
        "[[",
        "case",
        "in",
        "#",
        " ",
        "aws bedrock-runtime converse",
        "--messages",
        "a=b",
        "${x:-",
        "<(",
        ">",
        "((",
        "))",
        "]]",
        "$'",
        "\\u",
        "printf %",
        "jq -n {",
    ];
    let mut seed = 7_u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..12 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(pieces[(seed >> 33) as usize % pieces.len()]);
        }
        found(&[&text]);
    }
}

#[test]
fn the_region_of_a_command_is_known() {
    let region = |text: &str| only(text).region;
    let call = invoke("'{}'");
    let there = call.replace("invoke-model ", "invoke-model --region eu-west-1 ");
    assert_eq!(region(&there).as_deref(), Some("eu-west-1"));
    assert_eq!(region(&format!("export AWS_REGION=eu-west-1\n{call}")).as_deref(), Some("eu-west-1"));
    assert_eq!(region(&format!("export AWS_DEFAULT_REGION=x\n{there}")).as_deref(), Some("eu-west-1"));
    assert_eq!(region(&call), None);
}

#[test]
fn curl_to_bedrock_is_read_at_the_path_it_names() {
    let chat = "curl -sS https://bedrock-mantle.us-east-1.api.aws/v1/chat/completions \\\n  -H \"Authorization: Bearer $AWS_BEARER_TOKEN_BEDROCK\" -H 'Content-Type: application/json' \\\n  -d '{\"model\": \"openai.gpt-oss-120b\", \"messages\": []}'";
    let call = only(chat);
    assert_eq!((call.operation, call.model_id.as_str()), (Operation::ChatCompletions, "openai.gpt-oss-120b"));
    assert_eq!(call.options.host.as_deref(), Some("bedrock-mantle"));
    let messages = "cat > ask.json <<EOF\n{\"model\": \"us.anthropic.claude-opus-5\", \"max_tokens\": 9, \"messages\": []}\nEOF\ncurl -X POST https://bedrock-runtime.us-east-1.amazonaws.com/anthropic/v1/messages -H \"x-api-key: $KEY\" -H 'anthropic-version: 2023-06-01' -d @ask.json -o answer.json";
    let call = only(messages);
    assert_eq!(
        (call.operation, call.options.anthropic_version.as_deref()),
        (Operation::Messages, Some("2023-06-01"))
    );
    let converse = "curl https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-lite-v1%3A0/converse --json '{\"messages\": []}'";
    let call = only(converse);
    assert_eq!((call.operation, call.model_id.as_str()), (Operation::Converse, "amazon.nova-lite-v1:0"));
    assert!(told(&["curl https://example.org/v1/chat/completions -d '{}'"]).is_empty());
    let unknown = "curl https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1/responses -d \"$BODY\"";
    assert!(told(&[unknown]).contains("unresolved"), "{}", told(&[unknown]));
}
