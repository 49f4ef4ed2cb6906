/**
 * The Worker, with a count of what it and its objects make cost: GET /counts tells it and begins anew. With TIME_SPEED its
 * clock and its alarms run so many times as fast, from TIME_FROM_MS on: an hour in which little happens takes some seconds.
 * JavaScript, since it is the Worker's code that it imports, and the tests' types are Node's.
 */
import { env } from "cloudflare:workers";
import { Channel as CountedChannel } from "../../worker/channel/channel.ts";
import worker from "../../worker/index.ts";

export { Relay } from "../../worker/relay/relay.ts";
export { TokenRegistry } from "../../worker/tokens/token-registry.ts";

const EVENTS = [
  "fetch",
  "publish",
  "announce",
  "share",
  "clear",
  "roomFor",
  "openRead",
  "slice",
  "closeRead",
  "webSocketMessage",
  "webSocketClose",
  "webSocketError",
];
const zero = () => ({
  workerRequests: 0,
  requests: 0,
  messages: 0,
  closes: 0,
  rowsRead: 0,
  rowsWritten: 0,
  alarmsSet: 0,
  alarms: 0,
  wakes: 0,
});
/** Of the requests, what comes by a WebSocket that is there. */
const BY_SOCKET = { webSocketMessage: "messages", webSocketClose: "closes", webSocketError: "closes" };
let counts = zero();
/** An event that an object makes of another is none of its own. */
let isInEvent = false;
let cursors = [];
let isPatched = false;

const speed = Number(env.TIME_SPEED ?? 1);
const fromMs = Number(env.TIME_FROM_MS ?? 0);
const fast = (ms) => fromMs + (ms - fromMs) * speed;
const real = (ms) => fromMs + (ms - fromMs) / speed;
if (speed !== 1) {
  const now = Date.now;
  Date.now = () => fast(now());
}

/** Every object of this isolate has the same prototypes. */
function countIn({ storage }) {
  if (isPatched) return;
  isPatched = true;
  const sql = Object.getPrototypeOf(storage.sql);
  const { exec } = sql;
  sql.exec = function (...query) {
    const cursor = exec.apply(this, query);
    cursors.push(cursor);
    return cursor;
  };
  const proto = Object.getPrototypeOf(storage);
  const { setAlarm, getAlarm } = proto;
  proto.setAlarm = function (time, ...options) {
    counts.alarmsSet++;
    return setAlarm.call(this, speed === 1 ? time : Math.round(real(Number(time))), ...options);
  };
  proto.getAlarm = async function () {
    const time = await getAlarm.call(this);
    return time === null ? null : fast(time);
  };
}

export class Channel extends CountedChannel {
  constructor(ctx, env) {
    countIn(ctx);
    counts.wakes++;
    super(ctx, env);
  }

  alarm() {
    counts.alarms++;
    return super.alarm();
  }
}

for (const name of EVENTS) {
  const event = CountedChannel.prototype[name];
  Channel.prototype[name] = function (...values) {
    if (isInEvent) return event.apply(this, values);
    counts.requests++;
    const socketEvent = BY_SOCKET[name];
    if (socketEvent !== undefined) counts[socketEvent]++;
    isInEvent = true;
    try {
      return event.apply(this, values);
    } finally {
      isInEvent = false;
    }
  };
}

export default {
  fetch(request, vars, context) {
    if (new URL(request.url).pathname !== "/counts") {
      counts.workerRequests++;
      return worker.fetch(request, vars, context);
    }
    for (const { rowsRead, rowsWritten } of cursors) {
      counts.rowsRead += rowsRead;
      counts.rowsWritten += rowsWritten;
    }
    const told = counts;
    counts = zero();
    cursors = [];
    return Response.json(told);
  },
};
