"""Compare living models through Converse: a reference solution."""

import json
import re
import time

import boto3

bedrock = boto3.client("bedrock-runtime", region_name="us-east-1")

# USD for a million tokens, as the course's price table had them on 2026-11-22.
MODELS = [
    {"model_id": "amazon.nova-micro-v1:0", "usd_per_million_in": 0.035, "usd_per_million_out": 0.14},
    {"model_id": "amazon.nova-lite-v1:0", "usd_per_million_in": 0.06, "usd_per_million_out": 0.24},
]

# How long to wait after each refusal for being too quick.
PAUSES = [0.2, 0.4, 0.8]
# Right first: what is only quick and cheap can never make up for what is missing.
WEIGHTS = {"quality": 0.7, "speed": 0.15, "price": 0.15}


def converse(model_id, prompt):
    """One answer, and how long it took. Waits when throttled."""
    for pause in [*PAUSES, None]:
        try:
            started = time.perf_counter()
            response = bedrock.converse(
                modelId=model_id,
                messages=[{"role": "user", "content": [{"text": prompt}]}],
                inferenceConfig={"maxTokens": 300},
            )
            return response, time.perf_counter() - started
        except bedrock.exceptions.ThrottlingException:
            if pause is None:
                raise
            time.sleep(pause)


def quality(prompt, output):
    """How much of what the prompt asks is there: the booking, and no more than three sentences."""
    booking = re.search(r"KF-\d+", prompt)
    quoted = booking is None or booking.group() in output
    sentences = [part for part in re.split(r"[.!?]+(?:\s|$)", output) if part]
    return 0.5 * quoted + 0.5 * (len(sentences) <= 3)


def measure(prompt, model):
    """The result for one model."""
    response, latency = converse(model["model_id"], prompt)
    output = response["output"]["message"]["content"][0]["text"]
    usage = response["usage"]
    cost = (
        usage["inputTokens"] * model["usd_per_million_in"]
        + usage["outputTokens"] * model["usd_per_million_out"]
    ) / 1_000_000
    parts = {
        "quality": quality(prompt, output),
        "speed": 1 / (1 + latency),
        "price": 1 / (1 + cost / 0.0005),
    }
    return {
        "model_id": model["model_id"],
        "success": True,
        "output": output,
        "latency_seconds": latency,
        "input_tokens": usage["inputTokens"],
        "output_tokens": usage["outputTokens"],
        "cost_usd": cost,
        "score": sum(WEIGHTS[name] * part for name, part in parts.items()),
        "score_parts": parts,
    }


def compare(prompt, models):
    """Send `prompt` to every model; return one dict for each, in the same order."""
    results = []
    for model in models:
        try:
            results.append(measure(prompt, model))
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            results.append({"model_id": model["model_id"], "success": False, "error": reason})
    return results


if __name__ == "__main__":
    for result in compare("Why is the sea salty? Two sentences.", MODELS):
        print(json.dumps(result, indent=2))
