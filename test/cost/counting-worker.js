/**
 * The Worker, with a count of what its objects make cost: GET /counts tells it and begins anew. JavaScript, since it is
 * the Worker's code that it imports, and the tests' types are Node's.
 */
import { Channel as CountedChannel } from "../../worker/channel/channel.ts";
import worker from "../../worker/index.ts";

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
const zero = () => ({ requests: 0, rowsRead: 0, rowsWritten: 0, alarmsSet: 0, alarms: 0 });
let counts = zero();
let cursors = [];
let isPatched = false;

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
  const { setAlarm } = proto;
  proto.setAlarm = function (...time) {
    counts.alarmsSet++;
    return setAlarm.apply(this, time);
  };
}

export class Channel extends CountedChannel {
  constructor(ctx, env) {
    countIn(ctx);
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
    counts.requests++;
    return event.apply(this, values);
  };
}

export default {
  fetch(request, env, context) {
    if (new URL(request.url).pathname !== "/counts") return worker.fetch(request, env, context);
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
