"""Fill in a form: structured output with a tool.

Complete `extract`, then run

    tutor run extracting

as often as you like.
"""

import boto3

bedrock = boto3.client("bedrock-runtime", region_name="us-east-1")


def extract(model_id, message):
    """What a passenger's message says, as a dict with "booking", "passengers" and "wish"; or None."""
    raise NotImplementedError("describe the form as a tool, ask, and read what the model filled in")


if __name__ == "__main__":
    print(extract("amazon.nova-lite-v1:0", "Booking KF-12345, two of us: we want our money back."))
