//! Languages that are not read: a fence that uses one of their SDKs for Bedrock is listed all the same.
//!
//! One table, [`SDKS`]: what in a chapter tells that an SDK is used, and what a line with a call looks
//! like. A line is looked at as text; what it asks for is known by the name of what it calls.

use tutor_bedrock::found::{Finding, FoundCall, Language, Source, UnreadCall};

/// An SDK or library of another language.
#[derive(Debug)]
struct Sdk {
    languages: &'static [&'static str],
    /// As people call it.
    name: &'static str,
    /// Any of these in a fence of the language tells that it is used.
    marks: &'static [&'static str],
    /// What a call looks like, and what it asks for.
    calls: &'static [(&'static str, Option<&'static str>)],
}

const JAVASCRIPT: &[&str] = &["javascript", "typescript"];

/// Every SDK that is known.
static SDKS: &[Sdk] = &[
    Sdk {
        languages: JAVASCRIPT,
        name: "the AWS SDK for JavaScript",
        marks: &["@aws-sdk/client-bedrock"],
        calls: &[
            ("new ConverseCommand(", Some("Converse")),
            ("new ConverseStreamCommand(", Some("ConverseStream")),
            ("new InvokeModelCommand(", Some("InvokeModel")),
            ("new InvokeModelWithResponseStreamCommand(", Some("InvokeModelWithResponseStream")),
            ("new InvokeModelWithBidirectionalStreamCommand(", Some("InvokeModelWithBidirectionalStream")),
            ("new CountTokensCommand(", Some("CountTokens")),
            ("new ApplyGuardrailCommand(", Some("ApplyGuardrail")),
            ("new InvokeAgentCommand(", Some("InvokeAgent")),
            ("new InvokeFlowCommand(", Some("InvokeFlow")),
            ("new RetrieveCommand(", Some("Retrieve")),
            ("new RetrieveAndGenerateCommand(", Some("RetrieveAndGenerate")),
        ],
    },
    Sdk {
        languages: JAVASCRIPT,
        name: "the Vercel AI SDK",
        marks: &["@ai-sdk/amazon-bedrock"],
        calls: &[
            ("generateText(", None),
            ("streamText(", None),
            ("generateObject(", None),
            ("streamObject(", None),
            ("embed(", None),
            ("embedMany(", None),
        ],
    },
    Sdk {
        languages: JAVASCRIPT,
        name: "@anthropic-ai/bedrock-sdk",
        marks: &["@anthropic-ai/bedrock-sdk"],
        calls: &[("messages.create(", None), ("messages.stream(", None)],
    },
    Sdk {
        languages: JAVASCRIPT,
        name: "LangChain.js (@langchain/aws)",
        marks: &["@langchain/aws", "@langchain/community/chat_models/bedrock"],
        calls: &[(".invoke(", None), (".stream(", None), (".batch(", None)],
    },
    Sdk {
        languages: JAVASCRIPT,
        name: "the OpenAI SDK for JavaScript",
        marks: &["https://bedrock"],
        calls: &[("chat.completions.create(", None), ("responses.create(", None)],
    },
    Sdk {
        languages: &["java", "kotlin", "scala"],
        name: "the AWS SDK for Java",
        marks: &[
            "software.amazon.awssdk.services.bedrock",
            "BedrockRuntimeClient",
            "BedrockRuntimeAsyncClient",
        ],
        calls: &[
            (".converse(", Some("Converse")),
            (".converseStream(", Some("ConverseStream")),
            (".invokeModel(", Some("InvokeModel")),
            (".invokeModelWithResponseStream(", Some("InvokeModelWithResponseStream")),
            (".retrieveAndGenerate(", Some("RetrieveAndGenerate")),
            (".invokeAgent(", Some("InvokeAgent")),
        ],
    },
    Sdk {
        languages: &["csharp"],
        name: "the AWS SDK for .NET",
        marks: &["Amazon.BedrockRuntime", "AmazonBedrockRuntimeClient", "IAmazonBedrockRuntime"],
        calls: &[
            ("ConverseAsync(", Some("Converse")),
            ("ConverseStreamAsync(", Some("ConverseStream")),
            ("InvokeModelAsync(", Some("InvokeModel")),
            ("InvokeModelWithResponseStreamAsync(", Some("InvokeModelWithResponseStream")),
            ("GetResponseAsync(", None),
        ],
    },
    Sdk {
        languages: &["go"],
        name: "the AWS SDK for Go",
        marks: &["service/bedrockruntime", "bedrockruntime."],
        calls: &[
            (".Converse(", Some("Converse")),
            (".ConverseStream(", Some("ConverseStream")),
            (".InvokeModel(", Some("InvokeModel")),
            (".InvokeModelWithResponseStream(", Some("InvokeModelWithResponseStream")),
        ],
    },
    Sdk {
        languages: &["rust"],
        name: "the AWS SDK for Rust",
        marks: &["aws_sdk_bedrockruntime"],
        calls: &[
            (".converse()", Some("Converse")),
            (".converse_stream()", Some("ConverseStream")),
            (".invoke_model()", Some("InvokeModel")),
            (".invoke_model_with_response_stream()", Some("InvokeModelWithResponseStream")),
        ],
    },
    Sdk {
        languages: &["ruby"],
        name: "the AWS SDK for Ruby",
        marks: &["Aws::BedrockRuntime", "aws-sdk-bedrockruntime"],
        calls: &[
            (".converse(", Some("Converse")),
            (".converse_stream(", Some("ConverseStream")),
            (".invoke_model(", Some("InvokeModel")),
            (".invoke_model_with_response_stream(", Some("InvokeModelWithResponseStream")),
        ],
    },
    Sdk {
        languages: &["php"],
        name: "the AWS SDK for PHP",
        marks: &["BedrockRuntimeClient"],
        calls: &[
            ("->converse(", Some("Converse")),
            ("->converseStream(", Some("ConverseStream")),
            ("->invokeModel(", Some("InvokeModel")),
            ("->invokeModelWithResponseStream(", Some("InvokeModelWithResponseStream")),
        ],
    },
    Sdk {
        languages: &["swift"],
        name: "the AWS SDK for Swift",
        marks: &["AWSBedrockRuntime", "BedrockRuntimeClient"],
        calls: &[
            (".converse(", Some("Converse")),
            (".converseStream(", Some("ConverseStream")),
            (".invokeModel(", Some("InvokeModel")),
        ],
    },
];

/// The calls in fences of languages that are not read.
pub(super) fn unread(sources: &[Source]) -> Vec<FoundCall> {
    let others: Vec<(&Source, &'static str)> = sources
        .iter()
        .filter_map(|source| match source.language {
            Language::Other(name) => Some((source, name)),
            _ => None,
        })
        .collect();
    let mut found = Vec::new();
    for sdk in SDKS {
        let of_sdk = || others.iter().filter(|(_, language)| sdk.languages.contains(language));
        if !of_sdk().any(|(source, _)| sdk.marks.iter().any(|mark| source.text.contains(mark))) {
            continue;
        }
        for (source, _) in of_sdk().filter(|(source, _)| !source.skip) {
            found.extend(lines_of(sdk, source));
        }
    }
    found.sort_by_key(|call| (call.fence, call.line));
    found
}

fn lines_of<'a>(sdk: &'a Sdk, source: &'a Source) -> impl Iterator<Item = FoundCall> + 'a {
    source.text.lines().enumerate().filter_map(move |(row, line)| {
        let code = line.trim_start();
        if ["//", "#", "*", "/*", "import ", "using "].iter().any(|comment| code.starts_with(comment)) {
            return None;
        }
        let (needle, operation) = sdk.calls.iter().find(|(needle, _)| line.contains(needle))?;
        let written = needle.trim_start_matches(['.', '-', '>']).trim_end_matches(['(', ')']);
        let call = UnreadCall {
            library: sdk.name.to_owned(),
            written: written.to_owned(),
            operation: operation.map(str::to_owned),
            model_id: None,
        };
        Some(FoundCall {
            fence: source.fence,
            line: source.first_line + row,
            language: source.language,
            finding: Finding::Unread(call),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(fence: usize, info: &str, text: &str) -> Source {
        Source {
            fence,
            language: Language::of_info(info).unwrap_or(Language::Python),
            text: text.to_owned(),
            first_line: 10 * fence + 1,
            values: Vec::new(),
            skip: false,
        }
    }

    fn told(sources: &[Source]) -> Vec<(usize, usize, String)> {
        let calls = unread(sources).into_iter();
        let told = calls.map(|call| match call.finding {
            Finding::Unread(unread) => (call.fence, call.line, unread.operation.unwrap_or(unread.written)),
            other => panic!("{other:?}"),
        });
        told.collect()
    }

    #[test]
    fn calls_of_an_sdk_are_told_where_the_chapter_uses_it() {
        let imports =
            "import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';";
        let call = "// new ConverseCommand(\nconst answer = await client.send(\n  new ConverseCommand({ modelId }));";
        let sources = [source(0, "ts", imports), source(1, "typescript", call), source(2, "go", call)];
        assert_eq!(told(&sources), [(1, 13, "Converse".to_owned())]);
        assert!(told(&sources[1..]).is_empty());
    }

    #[test]
    fn libraries_without_operations_are_told_by_what_they_are_called_with() {
        let code = "import { bedrock } from '@ai-sdk/amazon-bedrock';\nconst { text } = await generateText({ model: bedrock(id) });";
        assert_eq!(told(&[source(3, "js", code)]), [(3, 32, "generateText".to_owned())]);
        let rust = "let client = aws_sdk_bedrockruntime::Client::new(&config);\nclient\n    .converse()\n    .send()";
        assert_eq!(told(&[source(0, "rust,ignore", rust)]), [(0, 3, "Converse".to_owned())]);
    }
}
