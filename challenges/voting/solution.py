"""Let them vote: a reference solution."""

from collections import Counter

import boto3
from botocore.exceptions import ClientError

bedrock = boto3.client("bedrock-runtime", region_name="us-east-1")


def ask(model_id, message, labels):
    """The label that a model gives, or None."""
    prompt = (
        f"Sort the message into one of: {', '.join(labels)}. Answer with the label only.\n\n{message}"
    )
    response = bedrock.converse(
        modelId=model_id,
        messages=[{"role": "user", "content": [{"text": prompt}]}],
        inferenceConfig={"maxTokens": 20, "temperature": 0},
    )
    text = response["output"]["message"]["content"][0]["text"]
    label = text.strip(" .!\n\"'“”").lower()
    return label if label in labels else None


def decide(message, labels, models, judge):
    """The label that most of `models` give to `message`; `judge` decides where they do not agree."""
    votes = Counter()
    for model_id in models:
        try:
            label = ask(model_id, message, labels)
        except ClientError:
            continue
        if label:
            votes[label] += 1
    first, second = [*votes.most_common(2), (None, 0), (None, 0)][:2]
    winner = first[0] if first[1] > second[1] else ask(judge, message, labels)
    return {"label": winner, "votes": dict(votes)}


if __name__ == "__main__":
    desk = ["amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0", "mistral.ministral-3-8b-instruct"]
    print(decide("Is the 17:30 late?", ["refund", "timetable"], desk, "amazon.nova-pro-v1:0"))
