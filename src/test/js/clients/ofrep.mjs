// Evaluates flags with OpenFeature's server SDK as it is: node ofrep.mjs BASE KEY FLAG TARGETING_KEY [NAME=VALUE ...]
// Prints the details of each evaluation as one line of JSON: with X-API-Key, and with a bearer token.
import { OpenFeature } from "@openfeature/server-sdk";
import { OFREPProvider } from "@openfeature/ofrep-provider";

const [baseUrl, key, flag, targetingKey, ...attributes] = process.argv.slice(2);
const context = { targetingKey, ...Object.fromEntries(attributes.map((pair) => pair.split("="))) };
for (const headers of [[["X-API-Key", key]], [["Authorization", `Bearer ${key}`]]]) {
  await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl, headers }));
  const details = await OpenFeature.getClient().getObjectDetails(flag, { fallback: true }, context);
  console.log(JSON.stringify(details));
}
await OpenFeature.close();
