"""Asks Bedrock, or what stands in its place, in several dialects; prints what came as one JSON object."""

import json

import boto3

LLAMA = "meta.llama3-8b-instruct-v1:0"
CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0"
NOVA = "amazon.nova-lite-v1:0"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}

bedrock = boto3.client("bedrock-runtime")
asked = [{"role": "user", "content": [{"text": "What is the capital of Norway?"}]}]
short = {"maxTokens": 12, "temperature": 0}
out = {}

whole = bedrock.converse(modelId=NOVA, messages=asked, inferenceConfig=short)
out["converse"] = [whole["output"]["message"]["content"][0]["text"], whole["usage"]["inputTokens"], whole["usage"]["outputTokens"]]

text, pieces = "", 0
for event in bedrock.converse_stream(modelId=NOVA, messages=asked, inferenceConfig=short)["stream"]:
    if "contentBlockDelta" in event:
        text, pieces = text + event["contentBlockDelta"]["delta"]["text"], pieces + 1
    if "metadata" in event:
        usage = event["metadata"]["usage"]
out["stream"] = [text, usage["inputTokens"], usage["outputTokens"]]
out["pieces"] = pieces

native = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 12, "temperature": 0,
          "messages": [{"role": "user", "content": "What is the capital of Norway?"}]}
answer = bedrock.invoke_model(modelId=CLAUDE, body=json.dumps(native))
body = json.loads(answer["body"].read())
out["claude"] = [body["content"][0]["text"], body["usage"]["input_tokens"], body["usage"]["output_tokens"]]

native = {"prompt": "<s>[INST] What is the capital of Norway? [/INST]", "max_gen_len": 12, "temperature": 0}
body = json.loads(bedrock.invoke_model(modelId=LLAMA, body=json.dumps(native))["body"].read())
out["llama"] = [body["generation"], body["prompt_token_count"], body["generation_token_count"]]

tools = {"tools": [{"toolSpec": {"name": "clock", "inputSchema": {"json": SCHEMA}}}], "toolChoice": {"any": {}}}
called = bedrock.converse(modelId=NOVA, messages=asked, toolConfig=tools, inferenceConfig={"maxTokens": 40, "temperature": 0})
out["tool"] = [called["stopReason"], called["output"]["message"]["content"][0]["toolUse"]["name"],
               sorted(called["output"]["message"]["content"][0]["toolUse"]["input"])]

form = {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"name": "c", "schema": json.dumps(SCHEMA)}}}}
formed = bedrock.converse(modelId=NOVA, messages=asked, outputConfig=form, inferenceConfig={"maxTokens": 40, "temperature": 0})
out["schema"] = sorted(json.loads(formed["output"]["message"]["content"][0]["text"]))

try:
    bedrock.converse(modelId=NOVA, messages=[{"role": "user", "content": [{"text": "word " * 3000}]}])
except bedrock.exceptions.ValidationException as error:
    out["too long"] = "context" in str(error)

print(json.dumps(out))
