import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { zeromqInlets } from "../../../../bridge/sources/zeromq/inlet.ts";
import { inletSuite } from "../../../support/inlet-suite.ts";
import { connectPublisher } from "../../../support/publisher.ts";

inletSuite({
  kind: zeromqInlets,
  config: sourceOf({ bind: ["tcp://127.0.0.1:*"] }),
  publish: async ({ bound: [address = ""] }) => {
    const { send, close } = await connectPublisher(address);
    return { send: (frames) => send(...frames), leave: close };
  },
});
