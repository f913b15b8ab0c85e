"""Read a stream: a reference solution."""

import time

import boto3

bedrock = boto3.client("bedrock-runtime", region_name="us-east-1")


def stream(model_id, prompt):
    """The answer of a model, read as it comes."""
    started = time.perf_counter()
    response = bedrock.converse_stream(
        modelId=model_id,
        messages=[{"role": "user", "content": [{"text": prompt}]}],
    )
    pieces, first, stop, usage = [], None, None, {}
    for event in response["stream"]:
        if "contentBlockDelta" in event:
            if first is None:
                first = time.perf_counter() - started
            pieces.append(event["contentBlockDelta"]["delta"].get("text", ""))
        elif "messageStop" in event:
            stop = event["messageStop"]["stopReason"]
        elif "metadata" in event:
            usage = event["metadata"]["usage"]
    total = time.perf_counter() - started
    return {
        "text": "".join(pieces),
        "first_seconds": first,
        "total_seconds": total,
        "stop_reason": stop,
        "input_tokens": usage["inputTokens"],
        "output_tokens": usage["outputTokens"],
    }


if __name__ == "__main__":
    print(stream("amazon.nova-micro-v1:0", "Why is the sea salty? Two sentences."))
