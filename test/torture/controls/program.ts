/**
 * A program with knobs and a button, in a process of its own. What it does it writes into a file before anything else: there it is seen
 * whether anything was done twice, and from there the next one goes on. Its answers come late, twice, not at all, or to what nobody asked.
 * Arguments: where it publishes, where it hears commands, the file, a seed. From the parent: "calm" ends the faults; "state" asks for its
 * values.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Publisher, Subscriber } from "zeromq";
import { isObject, parseJson } from "../../../protocol/json/json.ts";
import { Random } from "../random.ts";
import { BUTTON, KNOBS, readDone } from "./done.ts";

const [publishAt = "", controlAt = "", file = "", seed = "0"] = process.argv.slice(2);
const random = new Random(Number(seed));
const values: Record<string, number> = Object.fromEntries(KNOBS.map((name) => [name, 0]));
if (existsSync(file)) {
  for (const { control, value } of readDone(readFileSync(file, "utf8"))) if (value !== null) values[control] = value;
}
let isCalm = false;

const publisher = new Publisher({ linger: 0 });
publisher.connect(publishAt);
const commands = new Subscriber({ linger: 0 });
commands.connect(controlAt);
commands.subscribe("set/", "call/");

let sending = Promise.resolve();
function say(message: unknown): void {
  // What a PUB socket cannot send it drops, as every program's does.
  sending = sending.then(() => publisher.send(["plotcast", JSON.stringify(message)])).catch(() => undefined);
}

function declare(): void {
  const knobs = KNOBS.map((name) => [name, { kind: "integer", value: values[name], min: 0, max: 1_000_000 }]);
  say({ controls: { ...Object.fromEntries(knobs), [BUTTON]: {} }, all: true });
}

process.on("message", (message) => {
  if (message === "calm") isCalm = true;
  else process.send?.({ values });
});
process.on("disconnect", () => process.exit());
setInterval(declare, 500);

for await (const [, text] of commands) {
  const command = parseJson(String(text));
  if (!isObject(command)) continue;
  const { id, set, value } = command;
  const chance = isCalm ? 1 : random.integer(0, 99) / 100;
  if (chance < 0.08) {
    say({ refuse: id, error: "Not now." });
    continue;
  }
  const control = typeof set === "string" ? set : BUTTON;
  const asked = typeof value === "number" ? value : null;
  appendFileSync(file, `${JSON.stringify({ id, control, value: asked })}\n`);
  if (asked !== null) values[control] = asked;
  if (chance < 0.16) continue;
  const answer = { ack: id, ...(asked !== null && { value: asked }) };
  if (chance < 0.3) await sleep(random.integer(1, 60));
  say(answer);
  if (chance > 0.85 && !isCalm) say(chance > 0.92 ? answer : { ack: `nobody-${random.integer(0, 1000)}`, value: 1 });
}
