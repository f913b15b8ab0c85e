"""Ask a model, and cope with its refusals: a reference solution."""

import time

import boto3
from botocore.exceptions import ClientError

bedrock = boto3.client("bedrock-runtime", region_name="us-east-1")

MOST_ATTEMPTS = 4
FIRST_PAUSE = 0.1
# What passes by itself; everything else stays as it is, however often one asks.
WORTH_ANOTHER_TRY = {
    "ThrottlingException",
    "ServiceUnavailableException",
    "InternalServerException",
    "ModelTimeoutException",
}


def ask(model_id, prompt):
    """The answer of a model, as a dict; never raises."""
    pause = FIRST_PAUSE
    for attempt in range(1, MOST_ATTEMPTS + 1):
        try:
            response = bedrock.converse(
                modelId=model_id,
                messages=[{"role": "user", "content": [{"text": prompt}]}],
            )
            text = response["output"]["message"]["content"][0]["text"]
            return {"ok": True, "text": text, "attempts": attempt}
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in WORTH_ANOTHER_TRY or attempt == MOST_ATTEMPTS:
                return {"ok": False, "error": str(error), "attempts": attempt}
        time.sleep(pause)
        pause *= 2


if __name__ == "__main__":
    print(ask("amazon.nova-micro-v1:0", "Why is the sea salty? Two sentences."))
