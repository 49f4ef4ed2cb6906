/**
 * `npm run screenshot`: the pictures of the README, and a short moving one. A real publisher sends for half a minute over
 * ZeroMQ to a real bridge, Worker and browser, and what the page then shows is the picture.
 */
import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { context, Publisher } from "zeromq";
import { sourceOf } from "../bridge/config/defaults.ts";
import { createLog } from "../bridge/observability/log.ts";
import { startBridge } from "../bridge/pipeline/bridge.ts";
import { newPage, openBrowser, type PageOptions } from "../test/support/browser.ts";
import { startEdge } from "../test/support/edge.ts";
import { waitFor } from "../test/support/wait.ts";
import { animatedPng } from "./apng.ts";

const CHANNEL = "lab/bench-3";
const FOLDER = fileURLToPath(new URL("../docs/", import.meta.url));
const PICTURES: (PageOptions & { name: string })[] = [
  { name: "plotcast-dark.png", width: 1280, height: 760, colorScheme: "dark" },
  { name: "plotcast-light.png", width: 1280, height: 760, colorScheme: "light" },
  { name: "plotcast-phone.png", width: 390, height: 800, colorScheme: "dark" },
];
/** Small and not too quick: it is loaded with the README. */
const MOVING: PageOptions = { width: 640, height: 480, colorScheme: "dark" };
const MOVING_FRAMES = 16;
const MOVING_EVERY_MS = 200;
const MOVING_MAX_BYTES = 1_500_000;
/** The window that is shown, and a little more. */
const SECONDS = 32;
/** The thermometers are away for this part of it. */
const GAP_S = { from: 19, to: 22.5 };
const MAX_BYTES = 250_000;

/** A publisher for each kind of sensor of a test bench, as they would be: each with its own rate. */
function sensors(send: (message: Record<string, unknown>) => void): () => void {
  const startS = Date.now() / 1000;
  const noise = (size: number): number => (Math.random() - 0.5) * size;
  const wave = (t: number, periodS: number, phase = 0): number => Math.sin((2 * Math.PI * t) / periodS + phase);
  const every = (hz: number, messageAt: (t: number) => Record<string, unknown> | undefined): NodeJS.Timeout => {
    let sent = 0;
    return setInterval(() => {
      // As many as are due, each with the time it was due at.
      for (const due = (Date.now() / 1000 - startS) * hz; sent < due; sent++) {
        const t = sent / hz;
        const message = messageAt(t);
        if (message !== undefined) send({ t: startS + t, ...message });
      }
    }, 10);
  };
  const timers = [
    every(100, (t) => {
      const [L1, L2, L3] = [0, -2.1, -4.2].map((phase) => 86 + 7.5 * wave(t, 6.2, phase) + noise(0.3));
      return { power: { "L1 [kW]": L1, "L2 [kW]": L2, "L3 [kW]": L3 } };
    }),
    every(500, (t) => {
      const sway = 1 + 0.35 * wave(t, 11);
      const [x, y, z] = [4 + 3.2 * sway * wave(t, 0.53), 14 + 2.4 * wave(t, 0.8), 21.5 + 1.6 * wave(t, 1.9)];
      return { vib: { "x [m/s²]": x + noise(0.2), "y [m/s²]": y + noise(0.2), "z [m/s²]": z + noise(0.3) } };
    }),
    every(20, (t) => {
      const motor = 62 + 3.4 * wave(t, 23, -1.2) + noise(0.12);
      const drive = 48 + 2.6 * wave(t, 41, 2.1) + noise(0.1);
      // A thermometer that does not answer says null, and the line breaks there.
      const isAway = t > GAP_S.from && t < GAP_S.to;
      return {
        temp: {
          "motor [°C]": isAway ? null : motor,
          "drive [°C]": isAway ? null : drive,
          "ambient [°C]": 33.4 + noise(0.06),
        },
      };
    }),
  ];
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

context.blocky = false;
const [edge, browser] = await Promise.all([startEdge(), openBrowser()]);
const bridge = await startBridge({
  to: edge.channelUrl(CHANNEL),
  token: edge.token ?? "",
  log: createLog("text", "warn"),
  sources: [sourceOf({ bind: ["tcp://127.0.0.1:*"] })],
});
const publisher = new Publisher({ linger: 0 });
let sending = Promise.resolve();
let stop: (() => void) | undefined;
try {
  await mkdir(FOLDER, { recursive: true });
  publisher.connect(bridge.addresses[0] ?? "");
  await sleep(300);
  // A PUB's send waits for nothing, but one at a time may be under way.
  stop = sensors((message) => {
    const text = JSON.stringify(message);
    sending = sending.then(() => publisher.send(text));
  });
  const pages = await Promise.all(
    PICTURES.map(async (picture) => {
      const opened = await newPage(browser, picture);
      await opened.page.goto(edge.channelUrl(CHANNEL).href);
      return { ...picture, ...opened };
    }),
  );
  console.log(`Sending for ${SECONDS} s …`);
  await sleep(1000 * SECONDS);
  for (const { name, page, errors } of pages) {
    const path = join(FOLDER, name);
    await page.bringToFront();
    await page.screenshot({ path });
    if (errors.length > 0) throw new Error(`${name}: ${errors}`);
    const { size } = await stat(path);
    console.log(`docs/${name}  ${size} bytes`);
    if (size > MAX_BYTES) throw new Error(`${name} is too large for a README.`);
  }
  const moving = await newPage(browser, MOVING);
  await moving.page.goto(`${edge.channelUrl(CHANNEL).href}?embed=1#window=10s`);
  await waitFor("the first drawings", () => moving.page.evaluate<boolean>("plotcast.state() === 'live'"));
  const frames: Buffer[] = [];
  const beganMs = performance.now();
  while (frames.length < MOVING_FRAMES) {
    await sleep(Math.max(0, beganMs + frames.length * MOVING_EVERY_MS - performance.now()));
    frames.push(await moving.page.screenshot());
  }
  const animation = animatedPng(frames, MOVING_EVERY_MS);
  await writeFile(join(FOLDER, "plotcast-moving.png"), animation);
  console.log(`docs/plotcast-moving.png  ${animation.length} bytes`);
  if (animation.length > MOVING_MAX_BYTES) throw new Error("The moving picture is too large for a README.");
} finally {
  stop?.();
  await sending;
  publisher.close();
  await bridge.close({ drainMs: 1000 });
  await Promise.all([browser.close(), edge.close()]);
}
