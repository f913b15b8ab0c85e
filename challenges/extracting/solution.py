"""Fill in a form: a reference solution."""

import boto3

bedrock = boto3.client("bedrock-runtime", region_name="us-east-1")

FIELDS = ["booking", "passengers", "wish"]
TICKET = {
    "toolSpec": {
        "name": "ticket",
        "description": "Files a passenger's message.",
        "inputSchema": {
            "json": {
                "type": "object",
                "properties": {
                    "booking": {"type": "string", "description": "Such as KF-12345."},
                    "passengers": {"type": "integer", "minimum": 1},
                    "wish": {"type": "string", "enum": ["refund", "timetable", "lost-property"]},
                },
                "required": FIELDS,
            }
        },
    }
}


def extract(model_id, message):
    """What a passenger's message says, as a dict; or None."""
    response = bedrock.converse(
        modelId=model_id,
        messages=[{"role": "user", "content": [{"text": message}]}],
        toolConfig={"tools": [TICKET], "toolChoice": {"tool": {"name": "ticket"}}},
    )
    for block in response["output"]["message"]["content"]:
        if "toolUse" in block:
            form = block["toolUse"]["input"]
            if all(field in form for field in FIELDS):
                return {field: form[field] for field in FIELDS}
    return None


if __name__ == "__main__":
    print(extract("amazon.nova-lite-v1:0", "Booking KF-12345, two of us: we want our money back."))
