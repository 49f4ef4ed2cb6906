/** Everything that takes part in a run, all real: publishers ─ZeroMQ→ bridge → proxy → Worker → (line) → viewers. */
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Edge, startEdge } from "../support/edge.ts";
import { Line, PostProxy } from "../support/proxy.ts";
import { waitFor } from "../support/wait.ts";
import { TortureBridge } from "./bridge.ts";
import { SmallDisk } from "./disk.ts";
import { type Plan, PUBLISHERS, VIEWERS } from "./plan.ts";
import { PublisherProcess } from "./publishers.ts";
import { Random } from "./random.ts";
import { TortureViewer } from "./viewer.ts";

const CHANNEL = "torture";
const POINTS_PER_SECOND = 300;
/** A write-ahead log alone may take 4 MiB before SQLite begins it again. */
const DISK_MEGABYTES = 12;

export interface Stage {
  directory: string;
  edge: Edge;
  proxy: PostProxy;
  bridge: TortureBridge;
  disk: SmallDisk;
  /** The last is steady: none of its faults is its own. */
  publishers: PublisherProcess[];
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
      vars: { STORE_BYTES: String(plan.storeBytes) },
    });
    ends.push(() => edge.close());
    const proxy = await PostProxy.to(edge.url);
    ends.push(() => proxy.close());
    const lines: (Line | undefined)[] = [];
    const viewers: TortureViewer[] = [];
    for (let i = 0; i < VIEWERS; i++) {
      const line = i % 2 === 1 ? await Line.to(edge.url) : undefined;
      ends.push(() => line?.close());
      lines.push(line);
      const url = new URL(edge.channelUrl(CHANNEL).pathname, line?.url ?? edge.url);
      viewers.push(new TortureViewer(`viewer ${i}`, url, new Random(seed * VIEWERS + i)));
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
        ...["--spool", join(disk.directory, "spool.db"), "--spool-max", plan.spoolMax],
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
      () => viewers.every(({ account }) => publishers.every(({ topic }) => account.last(topic) !== undefined)),
      { deadlineMs: 30_000 },
    );
    return { directory, edge, proxy, bridge, disk, publishers, viewers, lines, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Below the range of ports that the kernel gives to those who connect: or else a publisher could meet itself there. */
async function freePort(random: Random): Promise<number> {
  for (;;) {
    const port = random.integer(20_000, 32_000);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(
      () => true,
      () => false,
    );
    server.close();
    if (isFree) return port;
  }
}
