/** The bridge to a channel, in a process of its own. Tells its parent where publishers connect. */

import { sourceOf } from "../../../bridge/config/defaults.ts";
import { createLog } from "../../../bridge/observability/log.ts";
import { startBridge } from "../../../bridge/pipeline/bridge.ts";

const bridge = await startBridge({
  to: new URL(process.argv[2] ?? ""),
  token: "test-token",
  sources: [sourceOf({ bind: ["tcp://127.0.0.1:*"] })],
  log: createLog("text", "error"),
});
process.send?.({ zmq: bridge.addresses[0] });
