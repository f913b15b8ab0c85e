"""OpenAI's and Anthropic's own clients against the compatible APIs, as people write them: JSON lines.

`throttled` sends one request and says how often it was sent before it was answered.
"""

import asyncio
import json
import os
import sys

import anthropic
import openai

QUESTION = "Why is the sky blue?"
GPT = "us.openai.gpt-6-sol"
OSS = "openai.gpt-oss-120b"
OPUS = "us.anthropic.claude-opus-4-8"
ASKED = [{"role": "user", "content": QUESTION}]
SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"],
          "additionalProperties": False}
WEATHER = {"name": "weather", "description": "The weather of a city.",
           "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}


def case(case_, **facts):
    print(json.dumps({"case": case_, **facts}, ensure_ascii=False))


def chat(client):
    answer = client.chat.completions.create(model=GPT, messages=ASKED)
    case("chat", text=answer.choices[0].message.content, stop=answer.choices[0].finish_reason,
         tokens=answer.usage.completion_tokens > 0, model=answer.model)
    stream = client.chat.completions.create(model=GPT, messages=ASKED, stream=True,
                                            stream_options={"include_usage": True})
    chunks = list(stream)
    case("chat stream", text="".join(c.choices[0].delta.content or "" for c in chunks if c.choices),
         tokens=chunks[-1].usage.total_tokens > 0)
    tool = {"type": "function", "function": WEATHER}
    answer = client.chat.completions.create(model=GPT, messages=ASKED, tools=[tool], tool_choice="required")
    call = answer.choices[0].message.tool_calls[0]
    case("chat tool", name=call.function.name, stop=answer.choices[0].finish_reason,
         arguments=json.loads(call.function.arguments))
    shape = {"type": "json_schema", "json_schema": {"name": "river", "schema": SCHEMA, "strict": True}}
    answer = client.chat.completions.create(model=GPT, messages=ASKED, response_format=shape)
    case("chat schema", keys=list(json.loads(answer.choices[0].message.content)))
    try:
        client.chat.completions.create(model=GPT, messages=ASKED, temperature=0.2)
    except openai.BadRequestError as error:
        case("chat refused", status=error.status_code, code=error.code, message=error.body["message"])


def responses(client):
    first = client.responses.create(model=GPT, input=QUESTION)
    case("responses", text=first.output_text, status=first.status, tokens=first.usage.total_tokens > 0)
    second = client.responses.create(model=GPT, input="And at dusk?", previous_response_id=first.id)
    case("responses second", before=second.previous_response_id == first.id, text=second.output_text)
    case("responses stored", same=client.responses.retrieve(first.id).output_text == first.output_text)
    client.responses.delete(first.id)
    for name, ask in [("gone", lambda: client.responses.retrieve(first.id)),
                      ("orphan", lambda: client.responses.create(model=GPT, input="?", previous_response_id=first.id))]:
        try:
            ask()
        except openai.NotFoundError as error:
            case("responses " + name, message=error.body["message"])
    with client.responses.stream(model=GPT, input=QUESTION) as stream:
        kinds = [event.type for event in stream]
        case("responses stream", text=stream.get_final_response().output_text, first=kinds[0], last=kinds[-1])
    tool = {"type": "function", **WEATHER}
    answer = client.responses.create(model=GPT, input=QUESTION, tools=[tool], tool_choice="required")
    case("responses tool", name=answer.output[-1].name, kind=answer.output[-1].type)
    shape = {"format": {"type": "json_schema", "name": "river", "schema": SCHEMA, "strict": True}}
    answer = client.responses.create(model=GPT, input=QUESTION, text=shape)
    case("responses schema", keys=list(json.loads(answer.output_text)))


async def asynchronous():
    async with openai.AsyncOpenAI() as client:
        answer = await client.chat.completions.create(model=GPT, messages=ASKED)
        case("async", text=answer.choices[0].message.content)


def mantle():
    base = os.environ["BEDROCK_MANTLE_API_BASE"]
    client = openai.OpenAI(base_url=base, api_key="any")
    answer = client.chat.completions.create(model=OSS, messages=ASKED)
    case("mantle", text=answer.choices[0].message.content)
    case("mantle models", known=OSS in [model.id for model in client.models.list()])
    try:
        client.chat.completions.create(model="openai.gpt-6-sol", messages=ASKED)
    except openai.BadRequestError as error:
        case("mantle path", message=error.body["message"])
    try:
        client.chat.completions.create(model=OSS + "-1:0", messages=ASKED)
    except openai.NotFoundError as error:
        case("mantle id", message=error.body["message"])


def messages():
    client = anthropic.Anthropic()
    asked = {"model": OPUS, "max_tokens": 100, "messages": ASKED}
    answer = client.messages.create(**asked)
    case("messages", text=answer.content[0].text, stop=answer.stop_reason, tokens=answer.usage.output_tokens > 0)
    with client.messages.stream(**asked) as stream:
        case("messages stream", text="".join(stream.text_stream))
    tool = {"name": "weather", "description": "The weather.", "input_schema": WEATHER["parameters"]}
    answer = client.messages.create(**asked, tools=[tool], tool_choice={"type": "any"})
    case("messages tool", name=answer.content[-1].name, stop=answer.stop_reason)
    try:
        client.messages.create(**{**asked, "model": GPT})
    except anthropic.BadRequestError as error:
        case("messages refused", kind=error.body["error"]["type"], message=error.body["error"]["message"])
    of_mantle = anthropic.AnthropicBedrockMantle(aws_region="us-east-1", api_key="any")
    asked["model"] = "anthropic.claude-opus-4-8"
    case("messages mantle", text=of_mantle.messages.create(**asked).content[0].text)
    case("messages count", tokens=of_mantle.messages.count_tokens(
        model=asked["model"], messages=ASKED).input_tokens > 0)
    try:
        of_mantle.messages.create(**{**asked, "model": "anthropic.claude-haiku-4-5"})
    except anthropic.BadRequestError as error:
        case("messages version", message=error.body["error"]["message"])


def wrong_path():
    base = os.environ["OPENAI_BASE_URL"].replace("/openai/v1", "/v1")
    answer = openai.OpenAI(base_url=base).chat.completions.create(model=GPT, messages=ASKED)
    case("wrong path", choices=answer.choices)


if sys.argv[1:] == ["throttled"]:
    case("chat", text=openai.OpenAI().chat.completions.create(model=GPT, messages=ASKED).choices[0].message.content)
    case("messages", text=anthropic.Anthropic().messages.create(
        model=OPUS, max_tokens=100, messages=ASKED).content[0].text)
else:
    with openai.OpenAI() as client:
        chat(client)
        responses(client)
    asyncio.run(asynchronous())
    mantle()
    messages()
    wrong_path()
