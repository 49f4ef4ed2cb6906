/**
 * So many viewers that take all that they can, ask on at once, and come again, in a process of their own: what they read keeps
 * nobody else waiting. Tells when each has got something. Arguments: their number, and the URL.
 */
import { WebSocket } from "ws";
import { SUBPROTOCOL } from "../../../../protocol/limits.ts";

const [count = "", url = ""] = process.argv.slice(2);
let served = 0;

/** What it gets is not kept. */
function greedyViewer(): void {
  let isServed = false;
  const join = (): void => {
    const socket = new WebSocket(url, [SUBPROTOCOL], { perMessageDeflate: false });
    socket.on("error", () => undefined);
    socket.on("close", join);
    socket.on("message", (data, isBinary) => {
      if (isBinary && !isServed) {
        isServed = true;
        if (++served === Number(count)) process.send?.("all were served");
      }
      if (isBinary || !Buffer.isBuffer(data)) return;
      const text = data.toString();
      if (text.startsWith('{"type":"behind"')) socket.send(text.replace("behind", "continue"));
      if (text.startsWith('{"type":"live"')) socket.terminate();
    });
  };
  join();
}

for (let i = 0; i < Number(count); i++) greedyViewer();
