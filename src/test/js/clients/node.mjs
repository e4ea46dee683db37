// Sends events with Segment's client for Node as it is: node node.mjs BASE WRITE_KEY ANONYMOUS_ID USER_ID
import { Analytics } from "@segment/analytics-node";

const [host, writeKey, anonymousId, userId] = process.argv.slice(2);
const client = new Analytics({ host, writeKey, path: "/v1/batch", maxRetries: 3 });
const problems = [];
let delivered = 0;
client.on("error", (problem) => problems.push(problem));
client.on("http_request", () => (delivered += 1));

client.identify({ userId, anonymousId, traits: { plan: "trial", seats: 12 } });
client.page({ anonymousId, userId, name: "Pricing", properties: { path: "/pricing" } });
client.track({ anonymousId, userId, event: "Product Added", properties: { productId: "slat-chair", price: 249 } });
client.group({ anonymousId, userId, groupId: "norrby", traits: { name: "Norrby" } });
client.screen({ anonymousId, userId, name: "Basket" });
await client.closeAndFlush({ timeout: 10000 });
console.log(JSON.stringify({ delivered, problems }));
process.exit(problems.length ? 1 : 0);
