"""Read a stream: the first word counts.

Complete `stream`, then run

    tutor run streaming

as often as you like.
"""

import time

import boto3

bedrock = boto3.client("bedrock-runtime", region_name="us-east-1")


def stream(model_id, prompt):
    """The answer of a model, read as it comes.

    Returns a dict with "text", "first_seconds", "total_seconds", "stop_reason", "input_tokens" and
    "output_tokens".
    """
    started = time.perf_counter()
    response = bedrock.converse_stream(
        modelId=model_id,
        messages=[{"role": "user", "content": [{"text": prompt}]}],
    )
    for event in response["stream"]:
        print(event)
    raise NotImplementedError("look at the events that are printed, and read them")


if __name__ == "__main__":
    print(stream("amazon.nova-micro-v1:0", "Why is the sea salty? Two sentences."))
