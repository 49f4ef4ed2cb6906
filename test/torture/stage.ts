/** Everything that takes part in a run, all real: publishers ─ZeroMQ→ bridge → proxy → Worker → (line or proxy) → viewers. */
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Edge, startEdge } from "../support/edge.ts";
import { MeddlingProxy } from "../support/meddling-proxy.ts";
import { Line, PostProxy } from "../support/proxy.ts";
import { TRANSPORTS, type Transport } from "../support/transports.ts";
import { waitFor } from "../support/wait.ts";
import { TortureBridge } from "./bridge.ts";
import { SmallDisk } from "./disk.ts";
import { freePort } from "./free-port.ts";
import { CHANNEL_VIEWERS, type Plan, PUBLISHERS, VIEWERS } from "./plan.ts";
import { PublisherProcess } from "./publishers.ts";
import { Random } from "./random.ts";
import { ChannelTortureViewer } from "./viewers/channel-viewer.ts";
import { SubscriptionViewer } from "./viewers/subscription-viewer.ts";
import { type TortureViewer, watches } from "./viewers/torture-viewer.ts";
import { TransportTortureViewer } from "./viewers/transport-viewer.ts";

const CHANNEL = "torture";
const POINTS_PER_SECOND = 300;
/** A write-ahead log alone may take 4 MiB before SQLite begins it again. */
const DISK_MEGABYTES = 12;

const RESET_WORKER = fileURLToPath(new URL("../support/reset-worker.js", import.meta.url));
/** So few that there are several relays. */
const RELAY_VIEWERS = "5";

function relayVars({ relayAfter }: Plan): Record<string, string> {
  return relayAfter === undefined ? {} : { RELAY_AFTER: String(relayAfter), RELAY_VIEWERS };
}

export interface Stage {
  directory: string;
  edge: Edge;
  proxy: PostProxy;
  bridge: TortureBridge;
  disk: SmallDisk;
  /** The last is steady: none of its faults is its own. */
  publishers: PublisherProcess[];
  /** Between the Worker and the viewers of every transport. */
  meddler: MeddlingProxy;
  viewers: TortureViewer[];
  /** Those of the viewers that have one. */
  lines: (Line | undefined)[];
  close(): Promise<void>;
}

/** Starts it all, and waits until every viewer has a point of every publisher. */
export async function startStage(seed: number, plan: Plan): Promise<Stage> {
  const ends: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) {
      try {
        await end();
      } catch {
        // What could not be ended has ended, or the rest must be all the same.
      }
    }
  };
  // A signal that ends this process leaves time for nothing else. (Publishers end with it, and Miniflare sees to workerd.)
  const now: (() => void)[] = [];
  const endNow = (): void => {
    for (const end of now.splice(0).reverse()) end();
  };
  const onSignal = (): void => process.exit(1);
  process.once("exit", endNow).once("SIGTERM", onSignal).once("SIGINT", onSignal);
  ends.push(() => process.off("exit", endNow).off("SIGTERM", onSignal).off("SIGINT", onSignal));
  try {
    const directory = await mkdtemp(join(tmpdir(), "plotcast-torture-"));
    const removeNow = (): void => rmSync(directory, { recursive: true, force: true });
    ends.push(removeNow);
    now.push(removeNow);
    const disk = await SmallDisk.at(join(directory, "disk"), DISK_MEGABYTES);
    ends.push(() => disk.close());
    now.push(() => disk.close());
    const edge = await startEdge({
      persistDir: join(directory, "edge"),
      vars: { STORE_BYTES: String(plan.storeBytes), ...relayVars(plan) },
      ...(plan.relayAfter !== undefined && { main: RESET_WORKER }),
    });
    ends.push(() => edge.close());
    const proxy = await PostProxy.to(edge.url);
    ends.push(() => proxy.close());
    const lines: (Line | undefined)[] = [];
    const viewers: TortureViewer[] = [];
    for (let i = 0; i < CHANNEL_VIEWERS; i++) {
      const line = i % 2 === 1 ? await Line.to(edge.url) : undefined;
      ends.push(() => line?.close());
      lines.push(line);
      const url = new URL(edge.channelUrl(CHANNEL).pathname, line?.url ?? edge.url);
      viewers.push(new ChannelTortureViewer(`viewer ${i}`, url, new Random(seed * VIEWERS + i)));
    }
    const meddler = await MeddlingProxy.start(edge.channelUrl(CHANNEL));
    ends.push(() => meddler.close());
    const isSmall = plan.storeBytes <= SMALL_STORE_BYTES;
    for (const { name, transports, series } of byTransport(isSmall)) {
      const random = new Random(seed * VIEWERS + viewers.length);
      viewers.push(new TransportTortureViewer(name, meddler.url, transports, random, series));
    }
    while (viewers.length < VIEWERS) {
      const line = await Line.to(meddler.url);
      ends.push(() => line.close());
      const url = new URL(meddler.url.pathname, line.url);
      const random = new Random(seed * VIEWERS + viewers.length);
      viewers.push(new SubscriptionViewer(`client ${VIEWERS - viewers.length}`, url, line, random));
    }
    ends.push(() => {
      for (const viewer of viewers) viewer.stop();
    });
    for (const viewer of viewers) viewer.start();
    const address = `tcp://127.0.0.1:${await freePort(new Random(seed + process.pid))}`;
    const to = new URL(edge.channelUrl(CHANNEL).pathname, proxy.url);
    const bridge = new TortureBridge(
      [
        ...["--to", to.href, "--bind", address, "--sequence-field", "n", "--buffer", "1MiB"],
        ...["--spool", join(disk.directory, "spool.db"), "--spool-max", plan.spoolMax, "--uplink", plan.uplink],
      ],
      edge.token ?? "",
    );
    ends.push(() => bridge.kill());
    now.push(() => bridge.killNow());
    await bridge.start();
    const publishers = Array.from({ length: PUBLISHERS + 1 }, (_, i) => {
      // The first is as publishers are by default: what cannot be sent at once, it drops.
      const highWaterMark = i === 0 ? 1000 : 0;
      return new PublisherProcess({ address, topic: `p${i}`, perSecond: POINTS_PER_SECOND, highWaterMark });
    });
    ends.push(() => Promise.all(publishers.map((publisher) => publisher.kill())));
    for (const publisher of publishers) publisher.start();
    await waitFor(
      "a point of every publisher at every viewer",
      () =>
        viewers.every((viewer) =>
          publishers.every(({ topic }) => !watches(viewer, topic) || viewer.account.last(topic) !== undefined),
        ),
      { deadlineMs: 30_000 },
    );
    return { directory, edge, proxy, meddler, bridge, disk, publishers, viewers, lines, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Up to this what is stored is sent as text in a few seconds. */
const SMALL_STORE_BYTES = 2 ** 20;

interface ByTransport {
  name: string;
  transports: readonly Transport[];
  series?: readonly string[];
}

/** The viewers that are clients of their own: one of each transport that tells of gaps, and one that goes from each to the next. */
function byTransport(isSmallStore: boolean): ByTransport[] {
  const named = (name: string): Transport => {
    const found = TRANSPORTS.find((transport) => transport.name === name);
    if (found === undefined) throw new RangeError(`There is no transport ${name}.`);
    return found;
  };
  const text = named("a text WebSocket with ids");
  // A message a point: of a large store it would get the last of a flood minutes later (VW4c).
  const steady = isSmallStore ? {} : { series: [`p${PUBLISHERS}`] };
  const names = [
    "a shared WebSocket of frames",
    "events",
    "events of frames",
    "following lines of JSON",
    "following CSV",
    "a long poll of JSON",
  ];
  const alone = [...names, "a long poll of frames"].map((name) => ({ name, transports: [named(name)] }));
  return [
    { name: text.name, transports: [text], ...steady },
    ...alone,
    { name: "one after the other", transports: alone.flatMap(({ transports }) => transports) },
  ];
}
