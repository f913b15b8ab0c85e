// The JavaScript SDK v3 against the endpoint, over its default HTTP/2: one JSON line a case.
//
// sdk.mjs cases | throttled

import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";

const client = new BedrockRuntimeClient({});
const text = (bytes) => new TextDecoder().decode(bytes);
const line = (name, facts) => console.log(JSON.stringify({ case: name, ...facts }));
const titan = {
  modelId: "amazon.titan-text-express-v1",
  body: JSON.stringify({ inputText: "Why is the sky blue?" }),
};
const turn = {
  modelId: "amazon.nova-lite-v1:0",
  messages: [{ role: "user", content: [{ text: "Why is the sky blue?" }] }],
  toolConfig: {
    tools: [
      {
        toolSpec: {
          name: "weather",
          inputSchema: { json: { type: "object", properties: { city: { type: "string" } }, required: ["city"] } },
        },
      },
    ],
    toolChoice: { any: {} },
  },
};

async function cases() {
  const plain = await client.send(new InvokeModelCommand(titan));
  line("plain", { text: JSON.parse(text(plain.body)).results[0].outputText });
  const stream = await client.send(new InvokeModelWithResponseStreamCommand(titan));
  const chunks = [];
  for await (const event of stream.body) chunks.push(JSON.parse(text(event.chunk.bytes)));
  line("stream", {
    text: chunks.map((chunk) => chunk.outputText).join(""),
    metrics: Object.keys(chunks.at(-1)["amazon-bedrock-invocationMetrics"]).sort(),
  });
  const answer = await client.send(new ConverseCommand(turn));
  line("tool", { stop: answer.stopReason, use: answer.output.message.content[0].toolUse.name });
  const names = new Set();
  for await (const event of (await client.send(new ConverseStreamCommand(turn))).stream) {
    names.add(Object.keys(event)[0]);
  }
  line("events", { names: [...names] });
  try {
    await client.send(new InvokeModelCommand({ ...titan, body: "{}" }));
  } catch (error) {
    line("invalid", { status: error.$metadata.httpStatusCode, code: error.name, message: error.message });
  }
}

async function throttled() {
  const answer = await client.send(new InvokeModelCommand(titan));
  line("throttled", { attempts: answer.$metadata.attempts - 1, status: answer.$metadata.httpStatusCode });
}

await { cases, throttled }[process.argv[2]]();
