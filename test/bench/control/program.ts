/** The same as program.py, where Python has no zmq. */
import { Publisher, Subscriber } from "zeromq";
import { parseObject } from "../../../protocol/messages/guards.ts";

const [publishAt = "", controlAt = ""] = process.argv.slice(2);
const publisher = new Publisher();
publisher.connect(publishAt);
const commands = new Subscriber();
commands.connect(controlAt);
commands.subscribe("set/");
const declaring = setInterval(() => {
  const controls = { knob: { value: 0, kind: "integer", min: 0, max: 100_000 } };
  void publisher.send(JSON.stringify({ plotcast: { controls } }));
}, 200);
for await (const [, text] of commands) {
  const cameNs = process.hrtime.bigint();
  clearInterval(declaring);
  const { id, value } = parseObject(String(text)) ?? {};
  await publisher.send(JSON.stringify({ plotcast: { ack: id, value } }));
  console.log(`${value} ${cameNs}`);
}
