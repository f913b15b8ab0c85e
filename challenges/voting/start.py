"""Let them vote.

Complete `decide`, then run

    tutor run voting

as often as you like.
"""

import boto3

bedrock = boto3.client("bedrock-runtime", region_name="us-east-1")


def decide(message, labels, models, judge):
    """The label that most of `models` give to `message`; `judge` decides where they do not agree.

    Returns a dict with "label" and "votes", the number of votes for each label.
    """
    raise NotImplementedError("ask each model, count the votes, ask the judge if you must")


if __name__ == "__main__":
    desk = ["amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0", "mistral.ministral-3-8b-instruct"]
    print(decide("Is the 17:30 late?", ["refund", "timetable"], desk, "amazon.nova-pro-v1:0"))
