/** Ports for what cannot be told to take any that is free. */
import { once } from "node:events";
import { createServer } from "node:net";

/** Below the range from which the kernel picks: there it could give one away between the look and the use. */
const [FIRST, COUNT, FOR_ONE] = [20_000, 12_000, 40];
let given = 0;

/** A port that nobody uses. Other processes of `node --test` are given others. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + ((FOR_ONE * process.pid) % COUNT) + (given++ % FOR_ONE);
    const server = createServer();
    try {
      await once(server.listen(port, "127.0.0.1"), "listening");
    } catch {
      continue;
    }
    server.close();
    await once(server, "close");
    return port;
  }
}
