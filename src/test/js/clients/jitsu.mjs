// Sends events with Jitsu's client as it is: node jitsu.mjs BASE WRITE_KEY ANONYMOUS_ID USER_ID [SECRET]
// With a secret it speaks as a server does, below s2s.
import { jitsuAnalytics } from "@jitsu/js";

const [host, writeKey, anonymousId, userId, secret] = process.argv.slice(2);
const problems = [];
console.error = (...words) => problems.push(words.map(String).join(" "));
const client = jitsuAnalytics({
  host,
  writeKey: `${writeKey}:${secret || "public"}`,
  s2s: !!secret,
  fetch,
  privacy: { consentCategories: { analytics: true, marketing: false } },
});
const who = { anonymousId, userId };

await client.identify(userId, { plan: "trial", seats: 12 }, { anonymousId });
await client.page({ name: "Pricing", url: "http://shop.test/pricing", path: "/pricing" }, who);
await client.track("Product Added", { productId: "slat-chair", price: 249 }, who);
await client.group("norrby", { name: "Norrby" }, who);
console.log(JSON.stringify({ problems }));
process.exit(problems.length ? 1 : 0);
