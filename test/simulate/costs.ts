/** What each thing takes of an object's one thread. `--measure` finds it out on the machine that it runs on. */

/** In µs of one processor, unless it says otherwise. */
export interface Costs {
  /** One message to one WebSocket, all that the runtime does for it included. */
  readonly sendUs: number;
  /** A publish of one frame: routing, storing and answering it. */
  readonly publishUs: number;
  /** A viewer joins, and gets its `hello` and tail: the Worker's part is in it, since both are one process here. */
  readonly joinUs: number;
  /** A message comes by a WebSocket. */
  readonly messageUs: number;
  /** The channel finds a relay for a viewer: at all, and for each relay that it has. */
  readonly routeUs: number;
  readonly routePerRelayUs: number;
  /** The channel takes a relay's counts: at all, and for each relay that it has. */
  readonly countUs: number;
  readonly countPerRelayUs: number;
  /** In ms: the channel dials a relay, beside the network's time. */
  readonly dialMs: number;
}

/** What the defaults are from. */
export const MEASURED_ON =
  "2 cores of an AMD EPYC with a load of 4, workerd 1.20261117.1, at commit 621971c; rounded up";

export const DEFAULT_COSTS: Costs = {
  sendUs: 30,
  publishUs: 1800,
  joinUs: 1600,
  messageUs: 30,
  routeUs: 6,
  routePerRelayUs: 0.3,
  countUs: 6,
  countPerRelayUs: 0.02,
  dialMs: 5,
};
