/** What happens to a channel and its viewers, one scenario at a time, each in a world of its own. */
import type { Region } from "../../worker/relay/relay-name.ts";
import { type Seen, Stage } from "./stage.ts";
import type { Settings } from "./world.ts";

export interface Scenario {
  readonly name: string;
  readonly about: string;
  run(settings: Settings): Promise<Seen>;
}

const SECOND_MS = 1000;
const JOIN_MS = 5 * 60 * SECOND_MS;
/** Cloudflare makes an object anew elsewhere, or its region comes back: nobody says after how long. */
const OUTAGE_MS = 30 * SECOND_MS;
const LOST_REGION: Region = "weur";
/** An object that was ended begins again at its next request. */
const RESTART_MS = SECOND_MS;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "steady",
    about: "a minute in which viewers come and go",
    run: async (settings) => {
      const stage = await filled(settings);
      return await stage.see(stage.world.nowMs + 60 * SECOND_MS);
    },
  },
  {
    name: "mass join",
    about: "all viewers come within five minutes",
    run: massJoin,
  },
  {
    name: "loss of a region",
    about: `the relays of ${LOST_REGION} die, and cannot be reached for ${OUTAGE_MS / SECOND_MS} s`,
    run: async (settings) => {
      const stage = await filled(settings);
      const untilMs = stage.world.nowMs + 150 * SECOND_MS;
      return await stage.see(untilMs, () => {
        stage.world.lostRegion = { region: LOST_REGION, untilMs: stage.world.nowMs + OUTAGE_MS };
        for (const relay of stage.relays) if (relay.region === LOST_REGION) stage.crowd.cutOff(relay);
      });
    },
  },
  {
    name: "deploy",
    about: "all objects are ended and begin again, all sockets are cut",
    run: async (settings) => {
      const stage = await filled(settings);
      const untilMs = stage.world.nowMs + 150 * SECOND_MS;
      return await stage.see(untilMs, () => {
        for (const place of [stage.channel, ...stage.relays]) {
          place.downUntilMs = stage.world.nowMs + RESTART_MS;
          stage.crowd.cutOff(place);
        }
      });
    },
  },
  {
    name: "restart of the channel",
    about: "the channel alone is ended: its own viewers and all feeds are cut",
    run: async (settings) => {
      const stage = await filled(settings);
      const untilMs = stage.world.nowMs + 90 * SECOND_MS;
      return await stage.see(untilMs, () => {
        stage.channel.downUntilMs = stage.world.nowMs + RESTART_MS;
        stage.crowd.cutOff(stage.channel);
      });
    },
  },
];

async function filled(settings: Settings): Promise<Stage> {
  const stage = new Stage(settings);
  await stage.fill();
  return stage;
}

async function massJoin(settings: Settings): Promise<Seen> {
  // Who leaves would be replaced from the first second on.
  const stage = new Stage({ ...settings, stayMs: Number.POSITIVE_INFINITY });
  const { crowd, world } = stage;
  const { viewers, followed } = settings;
  const followEvery = Math.max(1, Math.round(viewers / Math.max(1, followed)));
  const next = (i: number): void => {
    if (i >= viewers) return;
    const region = crowd.someRegion();
    crowd.comes(region, i % followEvery === 0 ? crowd.newFollowed(region) : undefined);
    // So many a second on average, each whenever it likes.
    world.queue.in((-Math.log(1 - world.random.next()) * JOIN_MS) / viewers, () => next(i + 1));
  };
  return await stage.see(world.nowMs + JOIN_MS + 60 * SECOND_MS, () => next(0));
}
