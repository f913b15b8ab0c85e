"""Two libraries people use instead of boto3 itself, one call each: JSON lines."""

import json

from anthropic import AnthropicBedrock
from langchain_aws import ChatBedrockConverse


def case(name, **facts):
    print(json.dumps({"case": name, **facts}, ensure_ascii=False))


# Its version of the API is taken by Claude 4.7 and later alone.
MODEL = "us.anthropic.claude-opus-4-8"
client = AnthropicBedrock()
asked = {"model": MODEL, "max_tokens": 100, "messages": [{"role": "user", "content": "Why is the sky blue?"}]}
message = client.messages.create(**asked)
case("anthropic", text=message.content[0].text, tokens=message.usage.output_tokens > 0)
with client.messages.stream(**asked) as stream:
    case("anthropic stream", text="".join(stream.text_stream))
chat = ChatBedrockConverse(model="amazon.nova-lite-v1:0")
answer = chat.invoke("Why is the sky blue?")
case("langchain-aws", text=answer.text if isinstance(answer.text, str) else answer.text(),
     tokens=answer.usage_metadata["output_tokens"] > 0)
