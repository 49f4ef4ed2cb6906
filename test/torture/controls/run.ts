/**
 * One run: viewers ─(lines)→ Worker → (line) → bridge ─ZeroMQ→ program, all real, and everything that can happen to them, at random
 * moments. Then: had each command one outcome, was it done once at most, and has everybody what the program has?
 */
import { rmSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startEdge } from "../../support/edge.ts";
import { Line } from "../../support/proxy.ts";
import { waitFor, withDeadline } from "../../support/wait.ts";
import { TortureBridge } from "../bridge.ts";
import { freePort } from "../free-port.ts";
import { Random } from "../random.ts";
import { faultsOf } from "./check.ts";
import { KNOBS, readDone } from "./done.ts";
import { ProgramProcess } from "./program-process.ts";
import { Talker } from "./talker.ts";

const CHANNEL = "torture";
const VIEWERS = 5;
/** A fault so often, on average. */
const EVERY_MS = 700;
const SETTLE_WITHIN_MS = 60_000;

export interface ControlsResult {
  seed: number;
  faults: ReadonlyMap<string, number>;
  /** How many commands ended how. */
  outcomes: ReadonlyMap<string, number>;
  done: number;
  problems: string[];
  bridgeSaid: string;
}

export async function runControls(seed: number, seconds: number): Promise<ControlsResult> {
  const ends: (() => unknown)[] = [];
  try {
    return await runWith(seed, seconds, (end) => ends.push(end));
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

async function runWith(seed: number, seconds: number, atEnd: (end: () => unknown) => void): Promise<ControlsResult> {
  const random = new Random(seed);
  const directory = await mkdtemp(join(tmpdir(), "plotcast-torture-"));
  atEnd(() => rmSync(directory, { recursive: true, force: true }));
  const vars = { PUBLIC_RIGHTS: "**=control+presence" };
  const edge = await startEdge({ persistDir: join(directory, "edge"), vars });
  atEnd(() => edge.close());
  const lineTo = async (): Promise<Line> => {
    const line = await Line.to(edge.url);
    atEnd(() => line.close());
    return line;
  };
  const path = edge.channelUrl(CHANNEL).pathname;
  const uplink = await lineTo();
  const ports = new Random(seed + process.pid);
  const [publishAt, controlAt] = [await freePort(ports), await freePort(ports)].map(
    (port) => `tcp://127.0.0.1:${port}`,
  );
  if (publishAt === undefined || controlAt === undefined) throw new Error("there are no ports");
  const bridge = new TortureBridge(
    [
      ...["--to", new URL(path, uplink.url).href, "--bind", publishAt, "--control", controlAt],
      ...["--spool", join(directory, "spool.db")],
    ],
    edge.token ?? "",
  );
  atEnd(() => bridge.kill());
  await bridge.start();
  const file = join(directory, "done.jsonl");
  const program = new ProgramProcess(publishAt, controlAt, file, seed);
  atEnd(() => program.kill());
  program.start();
  const lines: Line[] = [];
  const talkers: Talker[] = [];
  for (let i = 0; i < VIEWERS; i++) {
    const line = await lineTo();
    const talker = await withDeadline("a room", Talker.enter(new URL(path, line.url), i, new Random(seed * 10 + i)));
    atEnd(() => talker.room.close());
    lines.push(line);
    talkers.push(talker);
  }
  await waitFor("the controls at every viewer", () => talkers.every(({ room }) => room.controls.size > KNOBS.length), {
    deadlineMs: 30_000,
  });

  const faults = new Map<string, number>();
  const problems: string[] = [];
  const away = (): Promise<void> => sleep(random.integer(0, 2) === 0 ? 0 : random.integer(50, 1500));
  const kinds: Readonly<Record<string, () => Promise<unknown>>> = {
    "bridge killed": async () => {
      await bridge.kill();
      await away();
      await bridge.start();
    },
    "worker killed": async () => {
      await edge.kill();
      await away();
      await edge.restart();
    },
    "program killed": async () => {
      await program.kill();
      await away();
      program.start();
    },
    // What is not in memory cannot be evicted.
    "channel evicted": () => edge.evict(CHANNEL).catch(() => undefined),
    "viewer cut": async () => lines[random.integer(0, VIEWERS - 1)]?.cut(),
    "uplink cut": async () => uplink.cut(),
  };
  const inject = async (): Promise<void> => {
    const untilMs = performance.now() + 1000 * seconds;
    const names = Object.keys(kinds);
    while (performance.now() < untilMs) {
      await sleep(random.integer(50, 2 * EVERY_MS - 50));
      const kind = names[random.integer(0, names.length - 1)] ?? "";
      faults.set(kind, (faults.get(kind) ?? 0) + 1);
      await kinds[kind]?.().catch((error: unknown) => problems.push(`${kind}: ${error}`));
    }
  };
  await Promise.all([inject(), ...talkers.map((talker) => talker.run(seconds))]);

  program.calm();
  const settled = async (): Promise<void> => {
    await waitFor("everybody back", () => talkers.every(({ room }) => room.state.state === "live"), {
      deadlineMs: 20_000,
    });
    // Of what was set before and has no outcome nobody asks any more.
    for (const knob of KNOBS) talkers[0]?.set(knob);
    await Promise.all(talkers.map((talker) => talker.ended()));
    await waitFor(
      "every viewer to have what the program has",
      async () => {
        const values = await program.values();
        const wrong = talkers.filter(({ room }) =>
          KNOBS.some((knob) => room.controls.get(knob)?.value !== values[knob]),
        );
        if (wrong.length > 0) throw new Error(`${JSON.stringify(values)}; ${JSON.stringify(shown(wrong[0]))}`);
        return true;
      },
      { deadlineMs: 20_000, everyMs: 100 },
    );
  };
  await withDeadline("an outcome of everything", settled(), SETTLE_WITHIN_MS).catch((error: unknown) =>
    problems.push(String(error)),
  );
  const done = readDone(await readFile(file, "utf8").catch(() => ""));
  const said = talkers.flatMap((talker) => talker.said);
  problems.push(...bridge.faults, ...faultsOf(said, done));
  const outcomes = new Map<string, number>();
  for (const each of said) {
    const outcome = ([...each.outcomes][0] ?? "none").replace(/ \d+$/, "");
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  return { seed, faults, outcomes, done: done.length, problems, bridgeSaid: bridge.stderr };
}

function shown(talker: Talker | undefined): unknown {
  return KNOBS.map((knob) => talker?.room.controls.get(knob)?.value);
}

/** A line for each thing that can be counted, and for each problem. */
export function controlsText({ seed, faults, outcomes, done, problems }: ControlsResult): string {
  const list = (counts: ReadonlyMap<string, number>): string =>
    [...counts].map(([name, count]) => `${count} ${name}`).join(", ");
  return [
    `seed ${seed}: ${problems.length === 0 ? "good" : `${problems.length} PROBLEMS`}`,
    `  faults: ${list(faults)}`,
    `  commands: ${list(outcomes)}; ${done} were done`,
    ...problems.slice(0, 20).map((problem) => `  ${problem}`),
  ].join("\n");
}
