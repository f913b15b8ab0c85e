"""Outside judges: libraries that read native answers. One JSON line an answer.

judges.py CALLS   langchain-aws's adapters on recorded answers, litellm's transforms on their own requests
"""

import json
import os
import sys

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import boto3
import litellm
from langchain_aws.llms.bedrock import LLMInputOutputAdapter

URL = os.environ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"]
MESSAGES = [{"role": "user", "content": "Why is the sky blue?"}]
litellm.suppress_debug_info = True

# The word by which langchain-aws knows the maker of each family; those missing it does not read.
ADAPTERS = {
    "claude-messages": "anthropic",
    "claude-text": "anthropic",
    "titan-text": "amazon",
    "llama": "meta",
    "mistral-text": "mistral",
    "cohere-command": "cohere",
    "jurassic": "ai21",
    "deepseek-r1": "deepseek",
    "openai-chat": "openai",
}
# Models whose InvokeModel dialect litellm has a transform for.
TEXTS = [
    "anthropic.claude-3-sonnet-20240229-v1:0",
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "amazon.titan-text-express-v1",
    "amazon.nova-lite-v1:0",
    "meta.llama3-8b-instruct-v1:0",
    "mistral.mistral-7b-instruct-v0:2",
    "cohere.command-text-v14",
    "ai21.j2-mid-v1",
]
NO_STREAM = {"ai21.j2-mid-v1"}
VECTORS = ["amazon.titan-embed-text-v1", "amazon.titan-embed-text-v2:0", "cohere.embed-english-v3"]
IMAGES = ["stability.sd3-5-large-v1:0", "amazon.nova-canvas-v1:0", "stability.stable-diffusion-xl-v1"]


def case(judge, what, **facts):
    print(json.dumps({"judge": judge, "what": what, **facts}, ensure_ascii=False))


def langchain(path):
    bedrock = boto3.client("bedrock-runtime")
    for call in json.load(open(path)):
        provider = ADAPTERS.get(call["family"])
        if provider is None or call["operation"] != "InvokeModel":
            continue
        response = bedrock.invoke_model(modelId=call["model_id"], body=json.dumps(call["body"]))
        read = LLMInputOutputAdapter.prepare_output(provider, response)
        usage = read["usage"]
        case("langchain-aws", call["family"], text=read["text"].strip()[:15],
             counted=usage["prompt_tokens"] > 0 and usage["completion_tokens"] > 0)


def attempt(what, call):
    try:
        case("litellm", what, **call())
    except Exception as error:  # whatever a judge says is a finding
        case("litellm", what, error=f"{type(error).__name__}: {error}"[:300])


def completion(model):
    answer = litellm.completion(f"bedrock/invoke/{model}", MESSAGES, max_tokens=200,
                                aws_bedrock_runtime_endpoint=URL)
    usage = answer.usage
    return {"text": answer.choices[0].message.content.strip()[:15],
            "counted": usage.prompt_tokens > 0 and usage.completion_tokens > 0}


def stream(model):
    pieces = litellm.completion(f"bedrock/invoke/{model}", MESSAGES, max_tokens=200, stream=True,
                                aws_bedrock_runtime_endpoint=URL)
    return {"text": "".join(piece.choices[0].delta.content or "" for piece in pieces).strip()[:15], "counted": True}


def vector(model):
    answer = litellm.embedding(f"bedrock/{model}", input=["a lake"], aws_bedrock_runtime_endpoint=URL)
    return {"length": len(answer.data[0]["embedding"])}


def image(model):
    answer = litellm.image_generation("a lake", f"bedrock/{model}", aws_bedrock_runtime_endpoint=URL)
    return {"base64": answer.data[0].b64_json[:4]}


langchain(sys.argv[1])
for model in TEXTS:
    attempt(f"{model} answer", lambda: completion(model))
    if model not in NO_STREAM:
        attempt(f"{model} stream", lambda: stream(model))
for model in VECTORS:
    attempt(model, lambda: vector(model))
for model in IMAGES:
    attempt(model, lambda: image(model))
