// Tells of a choice with Snowplow's tracker for Node as it is: node snowplow-consent.mjs BASE APP_ID DOMAIN_USER_ID allow_all|allow_selected|deny_all
import { newTracker, buildSelfDescribingEvent } from "@snowplow/node-tracker";

const [endpoint, appId, device, eventType] = process.argv.slice(2);
const problems = [];
const tracker = newTracker(
  { namespace: "shop", appId },
  { endpoint, onRequestFailure: ({ status, message }) => problems.push({ status, message }) },
);
tracker.setDomainUserId(device);
tracker.track(
  buildSelfDescribingEvent({
    event: {
      schema: "iglu:com.snowplowanalytics.snowplow/consent_preferences/jsonschema/1-0-0",
      data: {
        eventType,
        basisForProcessing: "consent",
        consentUrl: "https://shop.test/privacy",
        consentVersion: "1.0",
        consentScopes: ["Measuring"],
        domainsApplied: ["https://shop.test"],
      },
    },
  }),
);
await tracker.flush();
await new Promise((resolve) => setTimeout(resolve, 0)); // its callbacks come a turn later
console.log(JSON.stringify({ problems }));
process.exit(problems.length ? 1 : 0);
