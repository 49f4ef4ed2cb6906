/** What happens when: all of it from the seed, before the run begins. */
import type { Rules } from "../support/meddling-proxy.ts";
import type { Trick } from "../support/proxy.ts";
import { Random } from "./random.ts";

export type Fault =
  /** SIGKILL; the same command again later. */
  | { kind: "bridge killed"; awayMs: number }
  /** SIGTERM; the same command again later. */
  | { kind: "bridge ended"; awayMs: number }
  /** SIGKILL of workerd; again later, on the same storage. */
  | { kind: "worker killed"; awayMs: number }
  | { kind: "channel evicted" }
  /** Through relays: an object loses its memory, and keeps its sockets. */
  | { kind: "relay evicted"; relay: number }
  /** It loses its memory and its sockets. */
  | { kind: "relay reset"; relay: number }
  | { kind: "channel reset" }
  | { kind: "viewer cut"; viewer: number; awayMs: number }
  /** It stops reading, and its connection stays. */
  | { kind: "viewer stopped reading"; viewer: number; forMs: number }
  /** The connections between bridge and Worker end; new ones are taken at once, or after a while. */
  | { kind: "uplink cut"; awayMs: number }
  /** Something happens to the bridge's next requests. */
  | { kind: `uplink: ${Trick["kind"]}`; trick: Trick; times: number }
  | { kind: "disk full"; forMs: number }
  /** SIGKILL; later another goes on numbering above. */
  | { kind: "publisher killed"; publisher: number; awayMs: number }
  /** The same, but it numbers its messages anew. */
  | { kind: "publisher counts anew"; publisher: number; awayMs: number }
  /** SIGSTOP, SIGCONT. */
  | { kind: "publisher halted"; publisher: number; forMs: number }
  /** So many points as fast as they go. */
  | { kind: "flood"; publisher: number; points: number }
  /** The same, while some viewers do not read: the kernel alone buffers a megabyte or two for each. */
  | { kind: "flood unread"; publisher: number; points: number; viewer: number; forMs: number }
  /** The same, while some viewers are away: what they come back for may be gone. */
  | { kind: "flood unseen"; publisher: number; points: number; viewer: number; forMs: number }
  /** The Worker cannot be reached, and all publishers flood: some bound is reached. */
  | { kind: "flood in an outage"; points: number; forMs: number }
  /** What stands between the Worker and the viewers of every transport ends all WebSockets at once. */
  | { kind: "proxy cuts WebSockets" }
  /** It lets none through. */
  | { kind: "proxy refuses WebSockets"; upgrades: Rules["upgrades"]; forMs: number }
  /** It passes nothing on before it is whole: of a stream, nothing. */
  | { kind: "proxy buffers answers"; forMs: number }
  | { kind: "proxy refuses events"; events: Rules["events"]; forMs: number }
  /** It cuts lines on which nothing goes for so long. */
  | { kind: "proxy cuts idle lines"; idleMs: number; forMs: number };

export interface Plan {
  /** `--spool-max` of the bridge, and STORE_BYTES of the Worker. */
  spoolMax: string;
  storeBytes: number;
  /** How many viewers the channel serves itself; undefined: as many as it does by default. */
  relayAfter: number | undefined;
  /** `--uplink` of the bridge: of every third seed `ws`. */
  uplink: "post" | "ws";
  faults: { atMs: number; fault: Fault }[];
}

/** Viewers by the library that the page has; as many again watch by every other transport. */
export const CHANNEL_VIEWERS = 8;
export const VIEWERS = 18;
/** One more has nothing done to it. */
export const PUBLISHERS = 3;
/** A fault so often, on average. */
const EVERY_MS = 350;

/** There are so many relays that faults happen to. */
const RELAYS = 4;

/** @param hasRelays most viewers are served by relays, to which more happens; the rest is the same */
export function planOf(seed: number, seconds: number, hasRelays = false): Plan {
  const plan = plainPlanOf(seed, seconds);
  if (!hasRelays) return plan;
  const random = new Random(seed + 0.5);
  const faults: Plan["faults"] = [];
  for (let atMs = 0; ; ) {
    atMs += random.integer(50, 4 * EVERY_MS - 50);
    if (atMs >= 1000 * seconds) break;
    faults.push({ atMs, fault: relayFaultOf(random) });
  }
  // What has feeds cannot be evicted: Miniflare waits for them for 30 s, and lets no request in meanwhile.
  const others = plan.faults.filter(({ fault }) => fault.kind !== "channel evicted");
  return { ...plan, relayAfter: 2, faults: [...others, ...faults].sort((a, b) => a.atMs - b.atMs) };
}

function relayFaultOf(random: Random): Fault {
  const relay = random.integer(1, RELAYS);
  return random.weighted<Fault>([
    [4, { kind: "relay evicted", relay }],
    [2, { kind: "relay reset", relay }],
    [2, { kind: "channel reset" }],
  ]);
}

function plainPlanOf(seed: number, seconds: number): Plan {
  const random = new Random(seed);
  // Small bounds are reached; large ones must not matter.
  const spoolMax = random.weighted([
    [1, "1MiB"],
    [1, "64MiB"],
  ]);
  const storeBytes = random.weighted([
    [1, 2 ** 19],
    [1, 2 ** 25],
  ]);
  const uplink = seed % 3 === 0 ? "ws" : "post";
  const faults: Plan["faults"] = [];
  for (let atMs = 0; ; ) {
    atMs += random.integer(50, 2 * EVERY_MS - 50);
    if (atMs >= 1000 * seconds) return { spoolMax, storeBytes, relayAfter: undefined, uplink, faults };
    faults.push({ atMs, fault: faultOf(random) });
  }
}

function faultOf(random: Random): Fault {
  const viewer = random.integer(0, VIEWERS - 1);
  const publisher = random.integer(0, PUBLISHERS - 1);
  const awayMs = random.weighted([
    [2, 0],
    [3, random.integer(50, 1500)],
  ]);
  const choices: [number, Fault][] = [
    [7, { kind: "bridge killed", awayMs }],
    [2, { kind: "bridge ended", awayMs }],
    [6, { kind: "worker killed", awayMs }],
    [8, { kind: "channel evicted" }],
    [12, { kind: "viewer cut", viewer, awayMs: awayMs * random.integer(0, 4) }],
    [10, { kind: "viewer stopped reading", viewer, forMs: random.integer(200, 5000) }],
    [8, { kind: "uplink cut", awayMs }],
    [25, tricked(random)],
    [5, { kind: "disk full", forMs: random.integer(300, 3000) }],
    [4, { kind: "publisher killed", publisher, awayMs }],
    [2, { kind: "publisher counts anew", publisher, awayMs }],
    [3, { kind: "publisher halted", publisher, forMs: random.integer(100, 2000) }],
    [4, { kind: "flood", publisher, points: random.integer(5_000, 100_000) }],
    [5, { kind: "flood unread", publisher, viewer, points: random.integer(100_000, 300_000), forMs: 5000 }],
    [3, { kind: "flood unseen", publisher, viewer, points: random.integer(20_000, 100_000), forMs: 3000 }],
    [16, meddling(random)],
    [3, { kind: "flood in an outage", points: random.integer(20_000, 80_000), forMs: random.integer(500, 3000) }],
  ];
  return random.weighted(choices);
}

function tricked(random: Random): Fault {
  const trick = random.weighted<Trick>([
    [3, { kind: "answer late", ms: random.integer(20, 1500) }],
    [4, { kind: "answer lost" }],
    [3, { kind: "sent twice" }],
    [3, { kind: "sent again later", ms: random.integer(20, 2000) }],
    [3, { kind: "taken after it was given up", ms: random.integer(20, 2000) }],
    [2, { kind: "cut in the middle" }],
    [2, { kind: "answered 503" }],
    [1, { kind: "answered 429" }],
  ]);
  return { kind: `uplink: ${trick.kind}`, trick, times: random.integer(1, 3) };
}

function meddling(random: Random): Fault {
  const page = { status: 403, html: "<title>Log in to the network</title>" };
  // The library gives an answer 8 s, by a clock that runs 4 times as fast.
  const forMs = random.integer(500, 6000);
  const upgrades = random.weighted<Rules["upgrades"]>([
    [2, "cut"],
    [1, "silence"],
    [2, page],
    [2, "loses its header"],
  ]);
  return random.weighted<Fault>([
    [3, { kind: "proxy cuts WebSockets" }],
    [3, { kind: "proxy refuses WebSockets", upgrades, forMs }],
    [2, { kind: "proxy buffers answers", forMs }],
    [
      2,
      {
        ...{ kind: "proxy refuses events", forMs },
        events: random.weighted<Rules["events"]>([
          [1, "cut"],
          [1, "in lumps"],
          [1, page],
        ]),
      },
    ],
    [2, { kind: "proxy cuts idle lines", idleMs: random.integer(50, 400), forMs }],
  ]);
}
