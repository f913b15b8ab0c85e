//! What `converse` and `invoke-model` take, member by member.
//!
//! From the service model of Bedrock Runtime, API version 2023-09-30, in botocore 1.43.62 (as in
//! awscli 1.46.3), read on 2026-11-22; the same shapes are documented in the Amazon Bedrock API
//! Reference. A member that came later is unknown here, so its call stays unresolved.

use super::shape::{Shape, optional, required};

const TEXT: Shape = Shape::Text { min: 0 };
const FILLED: Shape = Shape::Text { min: 1 };
const COUNT: Shape = Shape::Integer { min: 0 };
const POSITIVE: Shape = Shape::Integer { min: 1 };
const SHARE: Shape = Shape::Share;
const BOOLEAN: Shape = Shape::Boolean;
const BLOB: Shape = Shape::Blob;
const DOCUMENT: Shape = Shape::Document;

static S3_LOCATION: Shape = Shape::Structure(&[required("uri", &FILLED), optional("bucketOwner", &TEXT)]);
static IMAGE_SOURCE: Shape = Shape::Union(&[optional("bytes", &BLOB), optional("s3Location", &S3_LOCATION)]);
static ERROR_BLOCK: Shape = Shape::Structure(&[optional("message", &TEXT)]);
static IMAGE_BLOCK: Shape = Shape::Structure(&[
    required("format", &TEXT),
    required("source", &IMAGE_SOURCE),
    optional("error", &ERROR_BLOCK),
]);
static DOCUMENT_CONTENT_BLOCK: Shape = Shape::Union(&[optional("text", &TEXT)]);
static DOCUMENT_SOURCE: Shape = Shape::Union(&[
    optional("bytes", &BLOB),
    optional("s3Location", &S3_LOCATION),
    optional("text", &TEXT),
    optional("content", &Shape::List(&DOCUMENT_CONTENT_BLOCK)),
]);
static CITATIONS_CONFIG: Shape = Shape::Structure(&[required("enabled", &BOOLEAN)]);
static DOCUMENT_BLOCK: Shape = Shape::Structure(&[
    optional("format", &TEXT),
    required("name", &FILLED),
    required("source", &DOCUMENT_SOURCE),
    optional("context", &TEXT),
    optional("citations", &CITATIONS_CONFIG),
]);
static VIDEO_SOURCE: Shape = Shape::Union(&[optional("bytes", &BLOB), optional("s3Location", &S3_LOCATION)]);
static VIDEO_BLOCK: Shape = Shape::Structure(&[required("format", &TEXT), required("source", &VIDEO_SOURCE)]);
static AUDIO_SOURCE: Shape = Shape::Union(&[optional("bytes", &BLOB), optional("s3Location", &S3_LOCATION)]);
static AUDIO_BLOCK: Shape = Shape::Structure(&[
    required("format", &TEXT),
    required("source", &AUDIO_SOURCE),
    optional("error", &ERROR_BLOCK),
]);
static TOOL_USE_BLOCK: Shape = Shape::Structure(&[
    required("toolUseId", &FILLED),
    required("name", &FILLED),
    required("input", &DOCUMENT),
    optional("type", &TEXT),
]);
static SEARCH_RESULT_CONTENT_BLOCK: Shape = Shape::Structure(&[required("text", &TEXT)]);
static SEARCH_RESULT_BLOCK: Shape = Shape::Structure(&[
    required("source", &TEXT),
    required("title", &TEXT),
    required("content", &Shape::List(&SEARCH_RESULT_CONTENT_BLOCK)),
    optional("citations", &CITATIONS_CONFIG),
]);
static TOOL_RESULT_CONTENT_BLOCK: Shape = Shape::Union(&[
    optional("json", &DOCUMENT),
    optional("text", &TEXT),
    optional("image", &IMAGE_BLOCK),
    optional("document", &DOCUMENT_BLOCK),
    optional("video", &VIDEO_BLOCK),
    optional("searchResult", &SEARCH_RESULT_BLOCK),
]);
static TOOL_RESULT_BLOCK: Shape = Shape::Structure(&[
    required("toolUseId", &FILLED),
    required("content", &Shape::List(&TOOL_RESULT_CONTENT_BLOCK)),
    optional("status", &TEXT),
    optional("type", &TEXT),
]);
static GUARDRAIL_CONVERSE_TEXT_BLOCK: Shape =
    Shape::Structure(&[required("text", &TEXT), optional("qualifiers", &Shape::List(&TEXT))]);
static GUARDRAIL_CONVERSE_IMAGE_SOURCE: Shape = Shape::Union(&[optional("bytes", &BLOB)]);
static GUARDRAIL_CONVERSE_IMAGE_BLOCK: Shape =
    Shape::Structure(&[required("format", &TEXT), required("source", &GUARDRAIL_CONVERSE_IMAGE_SOURCE)]);
static GUARDRAIL_CONVERSE_CONTENT_BLOCK: Shape = Shape::Union(&[
    optional("text", &GUARDRAIL_CONVERSE_TEXT_BLOCK),
    optional("image", &GUARDRAIL_CONVERSE_IMAGE_BLOCK),
]);
static CACHE_POINT_BLOCK: Shape = Shape::Structure(&[required("type", &TEXT), optional("ttl", &TEXT)]);
static REASONING_TEXT_BLOCK: Shape =
    Shape::Structure(&[required("text", &TEXT), optional("signature", &TEXT)]);
static REASONING_CONTENT_BLOCK: Shape =
    Shape::Union(&[optional("reasoningText", &REASONING_TEXT_BLOCK), optional("redactedContent", &BLOB)]);
static CITATION_GENERATED_CONTENT: Shape = Shape::Union(&[optional("text", &TEXT)]);
static CITATION_SOURCE_CONTENT: Shape = Shape::Union(&[optional("text", &TEXT)]);
static WEB_LOCATION: Shape = Shape::Structure(&[optional("url", &TEXT), optional("domain", &TEXT)]);
static DOCUMENT_CHAR_LOCATION: Shape = Shape::Structure(&[
    optional("documentIndex", &COUNT),
    optional("start", &COUNT),
    optional("end", &COUNT),
]);
static DOCUMENT_PAGE_LOCATION: Shape = Shape::Structure(&[
    optional("documentIndex", &COUNT),
    optional("start", &COUNT),
    optional("end", &COUNT),
]);
static DOCUMENT_CHUNK_LOCATION: Shape = Shape::Structure(&[
    optional("documentIndex", &COUNT),
    optional("start", &COUNT),
    optional("end", &COUNT),
]);
static SEARCH_RESULT_LOCATION: Shape = Shape::Structure(&[
    optional("searchResultIndex", &COUNT),
    optional("start", &COUNT),
    optional("end", &COUNT),
]);
static CITATION_LOCATION: Shape = Shape::Union(&[
    optional("web", &WEB_LOCATION),
    optional("documentChar", &DOCUMENT_CHAR_LOCATION),
    optional("documentPage", &DOCUMENT_PAGE_LOCATION),
    optional("documentChunk", &DOCUMENT_CHUNK_LOCATION),
    optional("searchResultLocation", &SEARCH_RESULT_LOCATION),
]);
static CITATION: Shape = Shape::Structure(&[
    optional("title", &TEXT),
    optional("source", &TEXT),
    optional("sourceContent", &Shape::List(&CITATION_SOURCE_CONTENT)),
    optional("location", &CITATION_LOCATION),
]);
static CITATIONS_CONTENT_BLOCK: Shape = Shape::Structure(&[
    optional("content", &Shape::List(&CITATION_GENERATED_CONTENT)),
    optional("citations", &Shape::List(&CITATION)),
]);
static TOOL_REFERENCE: Shape = Shape::Structure(&[
    optional("type", &FILLED),
    optional("name", &FILLED),
    optional("serverName", &FILLED),
]);
static TOOL_ADDITION_BLOCK: Shape = Shape::Structure(&[required("tool", &TOOL_REFERENCE)]);
static TOOL_REMOVAL_BLOCK: Shape = Shape::Structure(&[required("tool", &TOOL_REFERENCE)]);
static CONTENT_BLOCK: Shape = Shape::Union(&[
    optional("text", &TEXT),
    optional("image", &IMAGE_BLOCK),
    optional("document", &DOCUMENT_BLOCK),
    optional("video", &VIDEO_BLOCK),
    optional("audio", &AUDIO_BLOCK),
    optional("toolUse", &TOOL_USE_BLOCK),
    optional("toolResult", &TOOL_RESULT_BLOCK),
    optional("guardContent", &GUARDRAIL_CONVERSE_CONTENT_BLOCK),
    optional("cachePoint", &CACHE_POINT_BLOCK),
    optional("reasoningContent", &REASONING_CONTENT_BLOCK),
    optional("citationsContent", &CITATIONS_CONTENT_BLOCK),
    optional("searchResult", &SEARCH_RESULT_BLOCK),
    optional("toolAddition", &TOOL_ADDITION_BLOCK),
    optional("toolRemoval", &TOOL_REMOVAL_BLOCK),
]);
static MESSAGE: Shape =
    Shape::Structure(&[required("role", &TEXT), required("content", &Shape::List(&CONTENT_BLOCK))]);
static SYSTEM_CONTENT_BLOCK: Shape = Shape::Union(&[
    optional("text", &FILLED),
    optional("guardContent", &GUARDRAIL_CONVERSE_CONTENT_BLOCK),
    optional("cachePoint", &CACHE_POINT_BLOCK),
]);
static INFERENCE_CONFIGURATION: Shape = Shape::Structure(&[
    optional("maxTokens", &POSITIVE),
    optional("temperature", &SHARE),
    optional("topP", &SHARE),
    optional("stopSequences", &Shape::List(&FILLED)),
]);
static TOOL_INPUT_SCHEMA: Shape = Shape::Union(&[optional("json", &DOCUMENT)]);
static TOOL_SPECIFICATION: Shape = Shape::Structure(&[
    required("name", &FILLED),
    optional("description", &FILLED),
    required("inputSchema", &TOOL_INPUT_SCHEMA),
    optional("strict", &BOOLEAN),
]);
static SYSTEM_TOOL: Shape = Shape::Structure(&[required("name", &FILLED)]);
static TOOL: Shape = Shape::Union(&[
    optional("toolSpec", &TOOL_SPECIFICATION),
    optional("systemTool", &SYSTEM_TOOL),
    optional("cachePoint", &CACHE_POINT_BLOCK),
]);
static AUTO_TOOL_CHOICE: Shape = Shape::Structure(&[]);
static ANY_TOOL_CHOICE: Shape = Shape::Structure(&[]);
static SPECIFIC_TOOL_CHOICE: Shape = Shape::Structure(&[required("name", &FILLED)]);
static TOOL_CHOICE: Shape = Shape::Union(&[
    optional("auto", &AUTO_TOOL_CHOICE),
    optional("any", &ANY_TOOL_CHOICE),
    optional("tool", &SPECIFIC_TOOL_CHOICE),
]);
static TOOL_CONFIGURATION: Shape =
    Shape::Structure(&[required("tools", &Shape::Filled(&TOOL)), optional("toolChoice", &TOOL_CHOICE)]);
static GUARDRAIL_CONFIGURATION: Shape = Shape::Structure(&[
    optional("guardrailIdentifier", &TEXT),
    optional("guardrailVersion", &TEXT),
    optional("trace", &TEXT),
]);
static PROMPT_VARIABLE_VALUES: Shape = Shape::Union(&[optional("text", &TEXT)]);
static PERFORMANCE_CONFIGURATION: Shape = Shape::Structure(&[optional("latency", &TEXT)]);
static SERVICE_TIER: Shape = Shape::Structure(&[required("type", &TEXT)]);
static JSON_SCHEMA_DEFINITION: Shape =
    Shape::Structure(&[required("schema", &TEXT), optional("name", &TEXT), optional("description", &TEXT)]);
static OUTPUT_FORMAT_STRUCTURE: Shape = Shape::Union(&[optional("jsonSchema", &JSON_SCHEMA_DEFINITION)]);
static OUTPUT_FORMAT: Shape =
    Shape::Structure(&[required("type", &TEXT), required("structure", &OUTPUT_FORMAT_STRUCTURE)]);
static OUTPUT_CONFIG: Shape =
    Shape::Structure(&[optional("textFormat", &OUTPUT_FORMAT), optional("effort", &TEXT)]);
/// `converse`
pub(super) static CONVERSE: Shape = Shape::Structure(&[
    required("modelId", &FILLED),
    optional("messages", &Shape::List(&MESSAGE)),
    optional("system", &Shape::List(&SYSTEM_CONTENT_BLOCK)),
    optional("inferenceConfig", &INFERENCE_CONFIGURATION),
    optional("toolConfig", &TOOL_CONFIGURATION),
    optional("guardrailConfig", &GUARDRAIL_CONFIGURATION),
    optional("additionalModelRequestFields", &DOCUMENT),
    optional("promptVariables", &Shape::Map(&PROMPT_VARIABLE_VALUES)),
    optional("additionalModelResponseFieldPaths", &Shape::List(&FILLED)),
    optional("requestMetadata", &Shape::Map(&TEXT)),
    optional("performanceConfig", &PERFORMANCE_CONFIGURATION),
    optional("serviceTier", &SERVICE_TIER),
    optional("outputConfig", &OUTPUT_CONFIG),
]);
/// `invoke-model`
pub(super) static INVOKE_MODEL: Shape = Shape::Structure(&[
    optional("body", &BLOB),
    optional("contentType", &TEXT),
    optional("accept", &TEXT),
    required("modelId", &FILLED),
    optional("trace", &TEXT),
    optional("guardrailIdentifier", &TEXT),
    optional("guardrailVersion", &TEXT),
    optional("performanceConfigLatency", &TEXT),
    optional("serviceTier", &TEXT),
    optional("requestMetadata", &TEXT),
]);
