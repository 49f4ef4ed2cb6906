/** Raises one number until something is over its limit. */
import { isOver, lastingUse, type Utilisation } from "./limits.ts";
import { type Seen, Stage } from "./stage.ts";
import type { Settings } from "./world.ts";

export interface Break {
  /** With this number nothing was over its limit, with the other something was. */
  readonly held: number;
  readonly broke: number;
  readonly over: readonly Utilisation[];
}

const STEP = 1.1;
const SEEN_MS = 10_000;
const MOST = 1e9;

/** @param name what is raised, from what it is in the settings */
export async function breakOf(name: "viewers" | "framesPerSecond", settings: Settings): Promise<Break> {
  for (let held = settings[name]; held < MOST; held *= STEP) {
    const raised = { ...settings, [name]: Math.round(held * STEP) };
    const over = lastingUse(await seenOf(raised), raised).filter(isOver);
    if (over.length > 0) return { held: Math.round(held), broke: raised[name], over };
  }
  throw new RangeError(`With ${MOST} ${name} nothing is over its limit.`);
}

/** Some seconds in which nothing particular happens. */
async function seenOf(settings: Settings): Promise<Seen> {
  const stage = new Stage(settings);
  await stage.fill();
  return await stage.see(stage.world.nowMs + SEEN_MS);
}
