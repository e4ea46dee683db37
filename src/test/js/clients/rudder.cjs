// Sends events with RudderStack's client for Node as it is: node rudder.cjs BASE WRITE_KEY ANONYMOUS_ID USER_ID
const RudderAnalytics = require("@rudderstack/rudder-sdk-node");

const [dataPlaneUrl, writeKey, anonymousId, userId] = process.argv.slice(2);
const problems = [];
const client = new RudderAnalytics(writeKey, { dataPlaneUrl, flushInterval: 100, logLevel: "error" });
const send = (method, message) =>
  new Promise((resolve) =>
    client[method](message, (problem) => {
      if (problem) problems.push(String(problem));
      resolve();
    }),
  );

Promise.all([
  send("identify", { userId, anonymousId, traits: { plan: "trial", seats: 12 } }),
  send("page", { anonymousId, userId, name: "Pricing", properties: { path: "/pricing" } }),
  send("track", { anonymousId, userId, event: "Product Added", properties: { productId: "slat-chair", price: 249 } }),
  send("group", { anonymousId, userId, groupId: "norrby", traits: { name: "Norrby" } }),
  send("screen", { anonymousId, userId, name: "Basket" }),
  send("alias", { userId, previousId: anonymousId + "-before" }),
]).then(() => {
  console.log(JSON.stringify({ problems }));
  process.exit(problems.length ? 1 : 0);
});
