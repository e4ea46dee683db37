// Composes components with Podium's own layout: node podium.mjs BASE COMPONENT...
import { createServer } from "node:http";
import Layout from "@podium/layout";
import { HttpIncoming } from "@podium/utils";

const [base, ...components] = process.argv.slice(2);
const layout = new Layout({ name: "shop", pathname: "/" });
for (const name of components) {
  const uri = `${base}/mq/components/${name}/manifest.json`;
  const podlet = layout.client.register({ name, uri, throwable: true });
  const response = await podlet.fetch(new HttpIncoming({ headers: {}, url: "/", hostname: "localhost" }, {}, {}));
  console.log(response.content, "css:", JSON.stringify(response.css));
}
// A podlet whose content is gone shows the fallback that the layout read before.
const manifest = await (await fetch(`${base}/mq/components/footer/manifest.json`)).json();
const gone = JSON.stringify({ ...manifest, content: `${base}/mq/components/gone` });
const half = createServer((request, response) => {
  response.setHeader("Content-Type", "application/json");
  response.end(gone);
}).listen(0, "127.0.0.1", async () => {
  const uri = `http://127.0.0.1:${half.address().port}/manifest.json`;
  const podlet = layout.client.register({ name: "half", uri });
  const response = await podlet.fetch(new HttpIncoming({ headers: {}, url: "/", hostname: "localhost" }, {}, {}));
  console.log("fallback:", response.content);
  process.exit(0);
});
