"""Compare living models through Converse.

Complete `compare`, then run

    tutor run comparing

as often as you like. It calls `compare` with prompts, models and prices of its own.
"""

import json

import boto3

bedrock = boto3.client("bedrock-runtime", region_name="us-east-1")

# USD for a million tokens, as the course's price table had them on 2026-11-22.
MODELS = [
    {"model_id": "amazon.nova-micro-v1:0", "usd_per_million_in": 0.035, "usd_per_million_out": 0.14},
    {"model_id": "amazon.nova-lite-v1:0", "usd_per_million_in": 0.06, "usd_per_million_out": 0.24},
]


def compare(prompt, models):
    """Send `prompt` to every model; return one dict for each, in the same order.

    `models` is a list like MODELS. A result holds "model_id" and "success"; then "output",
    "latency_seconds", "input_tokens", "output_tokens", "cost_usd", "score" (0 to 1) and
    "score_parts", or, where "success" is False, "error" with the reason. The prompts ask for at most
    three sentences that quote a booking such as KF-12345.
    """
    raise NotImplementedError("ask every model by bedrock.converse, and measure")


if __name__ == "__main__":
    for result in compare("Why is the sea salty? Two sentences.", MODELS):
        print(json.dumps(result, indent=2))
