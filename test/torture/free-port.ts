import { once } from "node:events";
import { createServer } from "node:net";
import type { Random } from "./random.ts";

/** Below the ports that the kernel gives to those who connect, where a publisher could meet itself, and those of support/ports.ts. */
export async function freePort(random: Random): Promise<number> {
  for (;;) {
    const port = random.integer(12_000, 19_999);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(
      () => true,
      () => false,
    );
    server.close();
    if (isFree) return port;
  }
}
