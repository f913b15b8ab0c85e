"""boto3 against the endpoint: one JSON line a case.

boto.py replay CALLS   every recorded call; what is read must be what is stored
boto.py cases          what a script does: answers, streams, a tool, a refusal, other services
boto.py throttled      one call that is throttled at first
"""

import base64
import json
import sys

import boto3
from botocore.exceptions import ClientError, EventStreamError

MESSAGES = [{"role": "user", "content": [{"text": "Why is the sky blue?"}]}]
TITAN = {"modelId": "amazon.titan-text-express-v1", "body": json.dumps({"inputText": "Why is the sky blue?"})}
bedrock = boto3.client("bedrock-runtime")


def case(name, **facts):
    print(json.dumps({"case": name, **facts}, ensure_ascii=False))


def chunks(response):
    return [event["chunk"]["bytes"] for event in response["body"]]


def known(answer):
    """An answer without the counts that Bedrock sends and the service model does not know; boto3 leaves them out."""
    usage = answer.get("usage", {})
    return {**answer, **({"usage": {key: value for key, value in usage.items() if not key.endswith(("TokenCount", "serverToolUsage"))}} if usage else {})}


def replay(path):
    """The bytes of native answers and chunks, and the members of Converse's, against what is stored."""
    for call in json.load(open(path)):
        operation, model, body, recorded = (call[key] for key in ("operation", "model_id", "body", "recorded"))
        if isinstance(recorded, list):
            stored = [(name, json.loads(base64.b64decode(payload))) for name, payload in recorded]
        headers = {}
        if operation == "InvokeModel":
            response = bedrock.invoke_model(modelId=model, body=json.dumps(body))
            headers = response["ResponseMetadata"]["HTTPHeaders"]
            same = response["body"].read() == base64.b64decode(recorded)
        elif operation == "InvokeModelWithResponseStream":
            response = bedrock.invoke_model_with_response_stream(modelId=model, body=json.dumps(body))
            headers = response["ResponseMetadata"]["HTTPHeaders"]
            same = chunks(response) == [base64.b64decode(event["bytes"]) for _, event in stored]
        elif operation == "Converse":
            response = bedrock.converse(modelId=model, **body)
            headers = response.pop("ResponseMetadata")["HTTPHeaders"]
            same = response == known(json.loads(base64.b64decode(recorded)))
        else:
            response = bedrock.converse_stream(modelId=model, **body)
            headers = response["ResponseMetadata"]["HTTPHeaders"]
            # boto3 leaves out the padding, which the service model does not know.
            events = [(name, known({key: value for key, value in event.items() if key != "p"})) for name, event in stored]
            same = [tuple(event.items())[0] for event in response["stream"]] == events
        kept = all(headers.get(name) == value for name, value in call["headers"].items())
        case(f"{call['family']} {operation}", same=same, headers=kept)


def refusal(call):
    try:
        call()
    except ClientError as error:
        return {
            "status": error.response["ResponseMetadata"]["HTTPStatusCode"],
            "code": error.response["Error"]["Code"],
            "message": error.response["Error"]["Message"],
        }
    return None


def cases():
    case("plain", text=json.loads(bedrock.invoke_model(**TITAN)["body"].read())["results"][0]["outputText"])
    stream = [json.loads(chunk) for chunk in chunks(bedrock.invoke_model_with_response_stream(**TITAN))]
    metrics = sorted(stream[-1]["amazon-bedrock-invocationMetrics"])
    case("stream", text="".join(chunk["outputText"] for chunk in stream), metrics=metrics)
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    tools = {
        "tools": [{"toolSpec": {"name": "weather", "inputSchema": {"json": schema}}}],
        "toolChoice": {"any": {}},
    }
    turn = {"modelId": "amazon.nova-lite-v1:0", "messages": MESSAGES, "toolConfig": tools}
    answer = bedrock.converse(**turn)
    case("tool", stop=answer["stopReason"], use=answer["output"]["message"]["content"][0]["toolUse"]["name"])
    names = [next(iter(event)) for event in bedrock.converse_stream(**turn)["stream"]]
    case("events", names=list(dict.fromkeys(names)))
    image = {"text_prompts": [{"text": "a lake"}], "width": 64, "height": 64}
    picture = bedrock.invoke_model(modelId="stability.stable-diffusion-xl-v1", body=json.dumps(image))
    artifact = json.loads(picture["body"].read())["artifacts"][0]
    case("image", png=base64.b64decode(artifact["base64"])[1:4].decode())
    vector = bedrock.invoke_model(modelId="amazon.titan-embed-text-v2:0", body=json.dumps({"inputText": "a"}))
    case("vector", length=len(json.loads(vector["body"].read())["embedding"]))
    counted = bedrock.count_tokens(modelId="anthropic.claude-sonnet-4-20250514-v1:0", input={"converse": {"messages": MESSAGES}})
    case("count", tokens=counted["inputTokens"])
    arn = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0"
    case("arn", stop=bedrock.converse(modelId=arn, messages=MESSAGES)["stopReason"])
    case("invalid", **refusal(lambda: bedrock.invoke_model(modelId=TITAN["modelId"], body="{}")))
    case("other operation", **refusal(lambda: bedrock.list_async_invokes()))
    case("other service", **refusal(lambda: boto3.client("s3").list_buckets()))


def throttled():
    answer = bedrock.invoke_model(**TITAN)
    case("throttled", attempts=answer["ResponseMetadata"]["RetryAttempts"], status=200)


def broken():
    response = bedrock.invoke_model_with_response_stream(**TITAN)
    read = 0
    try:
        for _ in response["body"]:
            read += 1
    except EventStreamError as error:
        case("broken", some=read > 0, code=error.response["Error"]["Code"])


{"replay": replay, "cases": cases, "throttled": throttled, "broken": broken}[sys.argv[1]](*sys.argv[2:])
