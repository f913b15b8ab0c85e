"""Compare models: send one prompt to several models and say which did best.

Complete what raises NotImplementedError, then run

    tutor run foundation-models

as often as you like. It calls model_comparison_test with prompts of its own.
"""

import json
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


def format_prompt_for_model(prompt, model_id):
    """The request body, as a dict, in the dialect of `model_id`."""
    raise NotImplementedError("write one branch for each model family")


def extract_output(response_body, model_id):
    """The text of an answer, out of the dialect of `model_id`."""
    raise NotImplementedError("follow each family's path to the text")


def score_answer(prompt, output, latency_seconds, cost_usd):
    """The parts of a score as a dict, each from 0 to 1, where 1 is best.

    The prompts ask for at most three sentences that quote a booking such as KF-12345.
    """
    raise NotImplementedError("decide what a good answer is, and say so in code")


def model_comparison_test(prompt, models):
    """Send `prompt` to every model; return one dict for each, in the same order.

    `models` is a list like MODELS. A result holds "model_id" and "success"; then "output",
    "latency_seconds", "input_tokens", "output_tokens", "cost_usd", "score" (0 to 1) and
    "score_parts", or, where "success" is False, "error" with the reason.
    """
    results = []
    for model in models:
        model_id = model["model_id"]
        try:
            body = json.dumps(format_prompt_for_model(prompt, model_id))
            response = bedrock.invoke_model(modelId=model_id, body=body)
            response_body = json.loads(response["body"].read())
            results.append(
                {
                    "model_id": model_id,
                    "success": True,
                    "output": extract_output(response_body, model_id),
                    # Still to do: time, tokens, cost, score and its parts.
                }
            )
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            results.append({"model_id": model_id, "success": False, "error": reason})
    return results


if __name__ == "__main__":
    for result in model_comparison_test("Why is the sea salty? Two sentences.", MODELS):
        print(json.dumps(result, indent=2))
