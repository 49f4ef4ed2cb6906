/** How many watch is told to all viewers of an object when it changed, once a second at most (worker/hub/status.ts), by an alarm if nothing else comes. */
import { STATUS_INTERVAL_MS } from "../../worker/hub/status.ts";
import type { SimulatedObject } from "./simulated-object.ts";
import type { World } from "./world.ts";

export class StatusPace {
  readonly #world: World;
  readonly #object: SimulatedObject;
  readonly #awake: () => void;
  #told: number | undefined;
  #toldAtMs = 0;
  #alarmAtMs: number | undefined;

  /** @param awake what is to be done at an alarm */
  constructor(world: World, object: SimulatedObject, awake: () => void) {
    this.#world = world;
    this.#object = object;
    this.#awake = awake;
  }

  /** @param listeners who are told @param viewers how many watch in all */
  tell(listeners: number, viewers: number): void {
    if (viewers === this.#told || listeners === 0) return;
    if (this.#world.nowMs - this.#toldAtMs < STATUS_INTERVAL_MS) return this.wake();
    [this.#told, this.#toldAtMs] = [viewers, this.#world.nowMs];
    this.#object.spend(listeners * this.#world.settings.costs.sendUs);
    this.#object.count("sends", listeners);
  }

  /** Sees to it that an alarm comes within a second: a row, and a request. */
  wake(): void {
    if (this.#alarmAtMs !== undefined) return;
    this.#object.count("rowsWritten");
    this.#alarmAtMs = this.#world.nowMs + STATUS_INTERVAL_MS;
    this.#world.queue.at(this.#alarmAtMs, () => {
      this.#alarmAtMs = undefined;
      this.#object.count("alarms");
      this.#object.post(() => this.#awake());
    });
  }
}
