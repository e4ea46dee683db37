// Serves six flags of six variants each: node unleash.mjs FRONTEND_TOKEN, with PGPORT and PGPASSWORD
import { start } from "unleash-server";

const ADMIN = "*:*.measured-and-thrown-away";
const [frontend] = process.argv.slice(2);
const [project, rest] = frontend.split(":");
const token = (type, secret, more) => ({ type, secret, tokenName: type, ...more });

process.env.SEND_TELEMETRY = "false";
const { server } = await start({
  db: {
    host: "127.0.0.1",
    port: Number(process.env.PGPORT),
    user: "marquetry",
    password: process.env.PGPASSWORD,
    database: "marquetry",
    ssl: false,
  },
  server: { host: "127.0.0.1", port: 0 },
  logLevel: "error",
  versionCheck: { enable: false },
  authentication: {
    initApiTokens: [
      token("admin", ADMIN, { environment: "*", projects: ["*"] }),
      token("frontend", frontend, { environment: rest.split(".")[0], projects: [project] }),
    ],
  },
});
const base = `http://127.0.0.1:${server.address().port}`;

async function post(path, body) {
  const response = await fetch(`${base}/api/admin/projects/${project}/features${path}`, {
    method: "POST",
    headers: { Authorization: ADMIN, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

const variants = (names) =>
  names.map((name) => ({ name, weight: 1000 / names.length, weightType: "variable", stickiness: "default" }));

const rollout = (flag, constraints, names) => ({
  name: "flexibleRollout",
  parameters: { rollout: "100", stickiness: "default", groupId: flag },
  constraints,
  variants: variants(names),
});

for (const flag of ["c0", "c1", "c2", "c3", "c4", "c5"]) {
  const strategies = `/${flag}/environments/development/strategies`;
  const ofPlan = { contextName: "plan", operator: "IN", values: ["plan1", "plan2"] };
  await post("", { name: flag, type: "experiment" });
  await post(strategies, rollout(flag, [ofPlan], ["v1"]));
  await post(strategies, rollout(flag, [], ["v0", "v2", "v3", "v4", "v5"]));
  await post(`/${flag}/environments/development/on`, {});
}

// It takes a moment until what was defined is served.
const answer = async () => {
  const response = await fetch(`${base}/api/frontend?userId=u`, { headers: { Authorization: frontend } });
  return (await response.json()).toggles?.length;
};
while ((await answer()) !== 6) await new Promise((resolve) => setTimeout(resolve, 200));
console.log(`listening ${server.address().port}`);
