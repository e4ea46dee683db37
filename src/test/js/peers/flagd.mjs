// Decides with flagd's evaluation for as long as it is told: node flagd.mjs FILE SECONDS
import { readFileSync } from "node:fs";
import { FlagdCore } from "@openfeature/flagd-core";

const [file, seconds] = process.argv.slice(2);
const { flags, visitors, requests, expected } = JSON.parse(readFileSync(file, "utf8"));
const keys = Object.keys(flags);
const core = new FlagdCore();
core.setConfigurations(JSON.stringify({ flags }));
const silent = { error() {}, warn() {}, info() {}, debug() {} };

// What is known of each visitor in each of their requests is put together before, so that neither that nor
// finding the visitor counts.
const divisor = (a, b) => (b === 0 ? a : divisor(b, a % b));
const all = (visitors.length * requests.length) / divisor(visitors.length, requests.length);
const contexts = Array.from({ length: all }, (_, i) => ({
  ...visitors[i % visitors.length],
  ...requests[i % requests.length],
}));

const decide = (number) =>
  core.resolveStringEvaluation(keys[number % keys.length], "", contexts[number % all], silent).variant;

// Where no lot is drawn it must decide as we do.
expected.forEach((variant, number) => {
  if (variant !== null && decide(number) !== variant) {
    throw new Error(`decision ${number} is ${decide(number)}, not ${variant}`);
  }
});

let next = 0;
function run(millis) {
  const end = performance.now() + millis;
  const first = next;
  while (performance.now() < end) {
    for (let i = 0; i < 1000; i++) decide(next++);
  }
  return next - first;
}

run(seconds * 1000);
const begun = process.cpuUsage();
const decisions = run(seconds * 1000);
const { user, system } = process.cpuUsage(begun);
console.log(JSON.stringify({ perSecond: (decisions / (user + system)) * 1e6 }));
