import type { Content } from "../../decode/message.ts";

type Said = { time?: number; content: Content };

/** The kernel's states (jupyter_client, docs/messaging.rst, "Kernel status"): while it starts it does nothing else. */
const STATES = new Map([
  ["busy", 1],
  ["starting", 1],
  ["idle", 0],
]);
/** A date without an offset is the time of wherever the kernel runs: jupyter_client, jupyter_client/jsonutil.py. */
const DATE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.(\d{1,9}))?(?:Z|[+-]\d\d:?\d\d)$/;
/** The least step of a float64 that counts seconds since 1970 is 2.4e-7. */
const JUST_BEFORE_SECONDS = 1e-6;

/** What one kernel does. */
export class JupyterKernel {
  #session: unknown;
  #busy: { value: number; time: number | undefined } | undefined;

  /** @returns what a message of type `status` or `execute_input` says */
  hear(header: Record<string, unknown>, content: Record<string, unknown>): Said | undefined {
    const time = secondsOf(header.date);
    // Another session is another kernel: jupyter_client, docs/messaging.rst, "Message Header".
    if (header.session !== this.#session) this.#busy = undefined;
    this.#session = header.session;
    const stamp = time === undefined ? {} : { time };
    if (header.msg_type === "status") {
      const { execution_state: state } = content;
      const busy = typeof state === "string" ? STATES.get(state) : undefined;
      return busy === undefined ? undefined : this.#turn(busy, time, stamp);
    }
    const { execution_count } = content;
    if (typeof execution_count !== "number" || !Number.isFinite(execution_count)) return undefined;
    return { ...stamp, content: { kind: "value", value: { execution_count } } };
  }

  /** It is as it was until it says otherwise: with the state just before, the line is a step and no slope. */
  #turn(busy: number, time: number | undefined, stamp: { time?: number }): Said {
    const before = this.#busy;
    this.#busy = { value: busy, time };
    if (time !== undefined && before?.time !== undefined && before.value !== busy) {
      const justBefore = time - JUST_BEFORE_SECONDS;
      if (justBefore > before.time) {
        return { content: { kind: "value", value: { t: [justBefore, time], busy: [before.value, busy] } } };
      }
    }
    return { ...stamp, content: { kind: "value", value: { busy } } };
  }
}

/** ISO 8601 in unix seconds, to the microsecond, which Date.parse leaves out; undefined if it is none. */
function secondsOf(date: unknown): number | undefined {
  if (typeof date !== "string") return undefined;
  const [, fraction] = DATE.exec(date) ?? [undefined];
  const text = fraction === undefined ? date : date.replace(`.${fraction}`, "");
  const wholeMs = DATE.test(date) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(wholeMs)) return undefined;
  return wholeMs / 1000 + (fraction === undefined ? 0 : Number(`0.${fraction}`));
}
