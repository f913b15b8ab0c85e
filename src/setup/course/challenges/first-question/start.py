"""A first question.

Complete `ask`, then run

    tutor run first-question

as often as you like.
"""

import boto3

bedrock = boto3.client("bedrock-runtime", region_name="us-east-1")


def ask(model_id, question):
    """The text of the model's answer to `question`."""
    raise NotImplementedError("ask the model by converse, and return the text of its answer")


if __name__ == "__main__":
    print(ask("us.amazon.nova-2-lite-v1:0", "Why is the sea salty? One sentence."))
