// The oven of oven.py, for Node: `node examples/oven.mjs` in a folder with the npm package zeromq.
import { Publisher, Subscriber } from "zeromq";

const pub = new Publisher();
pub.connect("tcp://127.0.0.1:5000");
const commands = new Subscriber();
commands.connect("tcp://127.0.0.1:5001");
commands.subscribe("");

const say = (message) => pub.send(JSON.stringify(message));
const values = { setpoint: 180, gain: 0.08, heater: true };
const declare = () =>
  say({
    plotcast: {
      controls: {
        setpoint: { value: values.setpoint, min: 20, max: 250, step: 1, unit: "°C" },
        gain: { value: values.gain, min: 0, max: 1, step: 0.01 },
        heater: values.heater,
        stop: { label: "Emergency stop" },
      },
    },
  });

let temperature = 20;
let sending = Promise.resolve();
const inTurn = (send) => {
  sending = sending.then(send).catch(console.error);
};
setInterval(() => inTurn(declare), 10_000);
setInterval(() => {
  const power = values.heater ? Math.min(1, Math.max(0, values.gain * (values.setpoint - temperature))) : 0;
  temperature += 0.1 * (power * 12 - (temperature - 20) * 0.05);
  inTurn(() => say({ x: Date.now() / 1000, temperature, setpoint: values.setpoint, power }));
}, 100);
setTimeout(() => inTurn(declare), 500);

for await (const [, text] of commands) {
  const { id, set, value, call } = JSON.parse(text.toString());
  if (call === "stop") values.heater = false;
  else if (set in values) values[set] = value;
  inTurn(() =>
    say({ plotcast: call === "stop" ? { ack: id, values: { heater: false } } : { ack: id, value: values[set] } }),
  );
}
