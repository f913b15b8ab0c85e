"""A first question: a reference solution."""

import boto3

bedrock = boto3.client("bedrock-runtime", region_name="us-east-1")


def ask(model_id, question):
    """The text of the model's answer to `question`."""
    response = bedrock.converse(
        modelId=model_id,
        messages=[{"role": "user", "content": [{"text": question}]}],
    )
    return response["output"]["message"]["content"][0]["text"]


if __name__ == "__main__":
    print(ask("us.amazon.nova-2-lite-v1:0", "Why is the sea salty? One sentence."))
