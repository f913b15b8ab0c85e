"""Estimate before you ask.

Complete `estimate`, then run

    tutor run estimating

as often as you like.
"""


def estimate(prompt, max_tokens, model):
    """What a call would take, before it is sent.

    `model` has "usd_per_million_in", "usd_per_million_out" and "window" (tokens). Returns a dict with
    "input_tokens", "input_usd", "most_usd" and "fits".
    """
    raise NotImplementedError("count, multiply, compare")


if __name__ == "__main__":
    nova = {"usd_per_million_in": 0.035, "usd_per_million_out": 0.14, "window": 128000}
    print(estimate("Why is the sea salty? Two sentences.", 200, nova))
