/** Many viewers of a channel in one process, which count frames and keep nothing: `URL KIND COUNT`. */
import { randomBytes } from "node:crypto";
import { connect } from "node:net";

const [href = "", kind = "", count = "0"] = process.argv.slice(2);
const url = new URL(href);
const isSocket = kind.startsWith("WebSocket");
/** The value of a frame's last point is the frame's number, as all of its points have it; in text it can be found. */
const latest: number[] = [];
/** The end of what came, of which the rest may come yet. */
const tails: string[] = [];
const TAIL_LENGTH = 40;

const head = [
  `GET ${url.pathname}${kind === "events of frames" ? "?frames=1" : ""} HTTP/1.1`,
  `Host: ${url.host}`,
  ...(isSocket
    ? [
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
        ...(kind.endsWith("frames") ? ["Sec-WebSocket-Protocol: plotcast.v1"] : []),
      ]
    : ["Accept: text/event-stream"]),
];

/** Takes a piece of what came, which may begin and end anywhere. */
function framesIn(i: number, piece: Buffer): void {
  const text = piece.toString("latin1");
  switch (kind) {
    case "WebSocket, frames":
      return countOf("PLCT", i, text);
    case "events of frames":
      return countOf("event: frames", i, text);
    default: {
      const all = (tails[i] ?? "") + text;
      tails[i] = all.slice(-TAIL_LENGTH);
      const at = all.lastIndexOf('"y":', all.lastIndexOf("}"));
      latest[i] = Math.max(latest[i] ?? 0, Number.parseInt(all.slice(at + 4), 10) || 0);
    }
  }
}

function countOf(mark: string, i: number, text: string): void {
  const all = (tails[i] ?? "") + text;
  // Too short for one that was counted.
  tails[i] = all.slice(1 - mark.length);
  latest[i] = (latest[i] ?? 0) + all.split(mark).length - 1;
}

let ready = 0;
for (let i = 0; i < Number(count); i++) {
  const socket = connect(Number(url.port), url.hostname, () => socket.write(`${head.join("\r\n")}\r\n\r\n`));
  let isReady = false;
  socket.on("data", (piece) => {
    framesIn(i, piece);
    if (isReady) return;
    isReady = true;
    ready++;
    if (ready === Number(count)) process.send?.("ready");
  });
  socket.on("error", (error) => {
    console.error(error.message);
    process.exit(1);
  });
}
process.on("message", () => process.send?.(Array.from({ length: Number(count) }, (_, i) => latest[i] ?? 0)));
