"""Compare models: a reference solution."""

import json
import re
import time

import boto3

bedrock = boto3.client("bedrock-runtime", region_name="us-east-1")

# USD for a million tokens, as the course's price table had them on 2026-11-22.
MODELS = [
    {
        "model_id": "anthropic.claude-3-haiku-20240307-v1:0",
        "usd_per_million_in": 0.25,
        "usd_per_million_out": 1.25,
    },
    {
        "model_id": "amazon.titan-text-express-v1",
        "usd_per_million_in": 0.20,
        "usd_per_million_out": 0.60,
    },
    {
        "model_id": "meta.llama2-13b-chat-v1",
        "usd_per_million_in": 0.75,
        "usd_per_million_out": 1.00,
    },
    {
        "model_id": "cohere.command-text-v14",
        "usd_per_million_in": 1.50,
        "usd_per_million_out": 2.00,
    },
]

MAX_TOKENS = 300
# How long to wait after each refusal for being too quick.
PAUSES = [0.2, 0.4, 0.8]
# What an answer may take and cost to be half as good as one that takes and costs nothing.
ACCEPTABLE_SECONDS = 1.0
ACCEPTABLE_USD = 0.0005
# Right first: what is only quick and cheap can never make up for what is missing.
WEIGHTS = {"quality": 0.7, "speed": 0.15, "price": 0.15}


def format_prompt_for_model(prompt, model_id):
    """The request body, as a dict, in the dialect of `model_id`."""
    if "anthropic." in model_id:
        return {
            "anthropic_version": "bedrock-2023-05-31",
            "max_tokens": MAX_TOKENS,
            "messages": [{"role": "user", "content": prompt}],
        }
    if "amazon.titan-text" in model_id:
        return {
            "inputText": prompt,
            "textGenerationConfig": {"maxTokenCount": MAX_TOKENS},
        }
    if "meta.llama" in model_id:
        return {"prompt": f"<s>[INST] {prompt} [/INST]", "max_gen_len": MAX_TOKENS}
    if "cohere.command" in model_id:
        return {"prompt": prompt, "max_tokens": MAX_TOKENS}
    raise ValueError(f"no dialect for {model_id}")


def extract_output(response_body, model_id):
    """The text of an answer, out of the dialect of `model_id`."""
    if "anthropic." in model_id:
        text = response_body["content"][0]["text"]
    elif "amazon.titan-text" in model_id:
        text = response_body["results"][0]["outputText"]
    elif "meta.llama" in model_id:
        text = response_body["generation"]
    elif "cohere.command" in model_id:
        text = response_body["generations"][0]["text"]
    else:
        raise ValueError(f"no dialect for {model_id}")
    return text.strip()


def score_quality(prompt, output):
    """How much of what the prompt asks is there: the booking, and no more than three sentences."""
    if not output:
        return 0.0
    booking = re.search(r"KF-\d+", prompt)
    quoted = booking is None or booking.group() in output
    sentences = [part for part in re.split(r"[.!?]+(?:\s|$)", output) if part]
    return 0.5 * quoted + 0.5 * (len(sentences) <= 3)


def score_answer(prompt, output, latency_seconds, cost_usd):
    """The parts of a score as a dict, each from 0 to 1, where 1 is best."""
    return {
        "quality": score_quality(prompt, output),
        "speed": 1 / (1 + latency_seconds / ACCEPTABLE_SECONDS),
        "price": 1 / (1 + cost_usd / ACCEPTABLE_USD),
    }


def call(model_id, body):
    """One answer: its bytes, its headers, and how long it took. Waits when throttled."""
    for pause in [*PAUSES, None]:
        try:
            started = time.perf_counter()
            response = bedrock.invoke_model(modelId=model_id, body=body)
            raw = response["body"].read()
            latency = time.perf_counter() - started
            return raw, response["ResponseMetadata"]["HTTPHeaders"], latency
        except bedrock.exceptions.ThrottlingException:
            if pause is None:
                raise
            time.sleep(pause)


def ask(prompt, model):
    """The result for one model."""
    model_id = model["model_id"]
    body = json.dumps(format_prompt_for_model(prompt, model_id))
    raw, headers, latency = call(model_id, body)

    output = extract_output(json.loads(raw), model_id)
    tokens_in = int(headers["x-amzn-bedrock-input-token-count"])
    tokens_out = int(headers["x-amzn-bedrock-output-token-count"])
    cost = (
        tokens_in * model["usd_per_million_in"]
        + tokens_out * model["usd_per_million_out"]
    ) / 1_000_000

    parts = score_answer(prompt, output, latency, cost)
    return {
        "model_id": model_id,
        "success": True,
        "output": output,
        "latency_seconds": latency,
        "input_tokens": tokens_in,
        "output_tokens": tokens_out,
        "cost_usd": cost,
        "score": sum(WEIGHTS[name] * part for name, part in parts.items()),
        "score_parts": parts,
    }


def model_comparison_test(prompt, models):
    """Send `prompt` to every model; return one dict for each, in the same order."""
    results = []
    for model in models:
        try:
            results.append(ask(prompt, model))
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            results.append({"model_id": model["model_id"], "success": False, "error": reason})
    return results


if __name__ == "__main__":
    for result in model_comparison_test("Why is the sea salty? Two sentences.", MODELS):
        print(json.dumps(result, indent=2))
