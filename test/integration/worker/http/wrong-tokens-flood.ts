/** A thousand publishes with a wrong token, 32 at once, in a process of its own: `PORT BYTES`. Reports how each was answered. */
// Whoever still sends when the Worker has answered and hung up may lose the answer: that is counted as "closed".
import { connect } from "node:net";

const [port = 0, bodyBytes = 0] = process.argv.slice(2).map(Number);
const head = [
  "POST /c/main HTTP/1.1",
  "Host: localhost",
  "Authorization: Bearer wrong",
  `Content-Length: ${bodyBytes}`,
  "Connection: close",
];
const bytes = Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), Buffer.alloc(bodyBytes, " ")]);
const answers: Record<string, number> = {};

function publish(): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    let end = "closed";
    socket.once("data", (data) => {
      end = data.toString("latin1", 9, 12);
      socket.destroy();
    });
    socket.on("error", () => {});
    socket.once("close", () => {
      answers[end] = (answers[end] ?? 0) + 1;
      resolve();
    });
  });
}

process.once("message", async () => {
  let left = 1000;
  const workers = Array.from({ length: 32 }, async () => {
    while (left-- > 0) await publish();
  });
  await Promise.all(workers);
  process.send?.(answers);
});
process.send?.("ready");
