// Sends events with Snowplow's tracker for Node as it is: node snowplow.mjs BASE APP_ID DOMAIN_USER_ID USER_ID [post|get] [anonymous]
import {
  newTracker,
  buildPageView,
  buildPagePing,
  buildSelfDescribingEvent,
  buildStructEvent,
  buildEcommerceTransaction,
  buildEcommerceTransactionItem,
  buildAddToCart,
  buildLinkClick,
  buildScreenView,
} from "@snowplow/node-tracker";

const [endpoint, appId, device, user, eventMethod = "post", anonymous] = process.argv.slice(2);
const answers = [];
const problems = [];
const emitter = {
  endpoint,
  eventMethod,
  bufferSize: 100,
  serverAnonymization: !!anonymous,
  onRequestSuccess: (batch, response) => answers.push({ status: response.status, events: batch.length }),
  onRequestFailure: ({ status, message, willRetry }) => problems.push({ status, message, willRetry }),
};
const tracker = newTracker({ namespace: "shop", appId, encodeBase64: eventMethod === "get" }, emitter);
if (!anonymous) {
  tracker.setDomainUserId(device);
  tracker.setUserId(user);
}
tracker.setSessionId("session-1");
tracker.setSessionIndex(1);
tracker.setLang("de-DE");
tracker.setTimezone("Europe/Berlin");

const entity = (name, data) => ({ schema: `iglu:com.snowplowanalytics.snowplow.ecommerce/${name}/jsonschema/1-0-0`, data });
const product = entity("product", { id: "slat-chair", name: "Slat chair", category: "seating", price: 249, currency: "EUR" });
const action = (type) =>
  buildSelfDescribingEvent({
    event: { schema: "iglu:com.snowplowanalytics.snowplow.ecommerce/snowplow_ecommerce_action/jsonschema/1-0-2", data: { type } },
  });

tracker.track(buildPageView({ pageUrl: "http://shop.test/pricing/enterprise?x=1", pageTitle: "Pricing", referrer: "https://search.test/" }));
tracker.track(buildPagePing({ pageUrl: "http://shop.test/pricing/enterprise", maxYOffset: 900 }));
tracker.track(action("product_view"), [product]);
tracker.track(buildAddToCart({ sku: "slat-chair", name: "Slat chair", category: "seating", unitPrice: 249, quantity: 1, currency: "EUR" }));
tracker.track(buildLinkClick({ targetUrl: "http://shop.test/basket" }));
tracker.track(buildScreenView({ name: "Basket" }));
tracker.track(buildStructEvent({ category: "video", action: "play", label: "intro", value: 12 }));
tracker.track(buildSelfDescribingEvent({ event: { schema: "iglu:com.acme/quiz_done/jsonschema/1-0-0", data: { score: 7 } } }));
tracker.track(buildEcommerceTransaction({ orderId: "o-1", total: 249, currency: "EUR" }));
tracker.track(buildEcommerceTransactionItem({ orderId: "o-1", sku: "slat-chair", price: 249, quantity: 1 }));
await tracker.flush();
await new Promise((resolve) => setTimeout(resolve, 0)); // its callbacks come a turn later
console.log(JSON.stringify({ answers, problems }));
process.exit(problems.length ? 1 : 0);
