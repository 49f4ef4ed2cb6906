import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { inletSuite } from "../../../support/inlet-suite.ts";
import { Memory, memoryInlets } from "../../../support/memory-inlet.ts";

inletSuite({
  kind: memoryInlets,
  config: sourceOf(),
  publish: async (inlet) => {
    if (!(inlet instanceof Memory)) throw new TypeError("It is another inlet.");
    const { send, leave } = inlet.publisher();
    return { send: async (frames) => send(frames), leave };
  },
});
