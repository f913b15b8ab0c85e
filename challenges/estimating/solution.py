"""Estimate before you ask: a reference solution."""

CHARACTERS_PER_TOKEN = 4


def estimate(prompt, max_tokens, model):
    """What a call would take, before it is sent."""
    input_tokens = round(len(prompt) / CHARACTERS_PER_TOKEN)
    input_usd = input_tokens * model["usd_per_million_in"] / 1_000_000
    output_usd = max_tokens * model["usd_per_million_out"] / 1_000_000
    return {
        "input_tokens": input_tokens,
        "input_usd": input_usd,
        "most_usd": input_usd + output_usd,
        "fits": input_tokens + max_tokens <= model["window"],
    }


if __name__ == "__main__":
    nova = {"usd_per_million_in": 0.035, "usd_per_million_out": 0.14, "window": 128000}
    print(estimate("Why is the sea salty? Two sentences.", 200, nova))
