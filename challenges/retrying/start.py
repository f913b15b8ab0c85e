"""Ask a model, and cope with its refusals.

Complete `ask`, then run

    tutor run retrying

as often as you like.
"""

import boto3

bedrock = boto3.client("bedrock-runtime", region_name="us-east-1")


def ask(model_id, prompt):
    """The answer of a model, as a dict; never raises.

    {"ok": True, "text": the answer, "attempts": how many requests it took} or
    {"ok": False, "error": why, "attempts": how many requests were refused}
    """
    response = bedrock.converse(
        modelId=model_id,
        messages=[{"role": "user", "content": [{"text": prompt}]}],
    )
    raise NotImplementedError("read the answer, count the attempts, cope with errors")


if __name__ == "__main__":
    print(ask("amazon.nova-micro-v1:0", "Why is the sea salty? Two sentences."))
