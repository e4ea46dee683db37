// Collects batches of events: node fastify.mjs FILE
import { open } from "node:fs/promises";
import fastify from "fastify";

const MOST_BYTES = 256 * 1024 * 1024;
const file = await open(process.argv[2], "w");
const event = {
  type: "object",
  required: ["type", "messageId", "anonymousId"],
  properties: {
    type: { type: "string" },
    event: { type: "string" },
    messageId: { type: "string" },
    anonymousId: { type: "string" },
    properties: { type: "object" },
    context: { type: "object" },
  },
};
const body = { type: "object", required: ["batch"], properties: { batch: { type: "array", items: event } } };

// What comes while a write is under way goes with the next. A full file is written over from its beginning.
let waiting = [];
let position = 0;
let writing = false;
async function append(events) {
  for (const each of events) waiting.push(JSON.stringify(each));
  if (writing) return;
  writing = true;
  while (waiting.length > 0) {
    const lines = Buffer.from(waiting.join("\n") + "\n");
    waiting = [];
    await file.write(lines, 0, lines.length, position);
    position = position + lines.length < MOST_BYTES ? position + lines.length : 0;
  }
  writing = false;
}

const server = fastify({ logger: false });
server.post("/batch", { schema: { body } }, (request, reply) => {
  append(request.body.batch);
  reply.code(204).send();
});
await server.listen({ host: "127.0.0.1", port: 0 });
console.log(`listening ${server.server.address().port}`);
