import { once } from "node:events";
import { createServer } from "node:net";
import type { Random } from "./random.ts";

/** Below the range of ports that the kernel gives to those who connect: or else a publisher could meet itself there. */
export async function freePort(random: Random): Promise<number> {
  for (;;) {
    const port = random.integer(20_000, 32_000);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(
      () => true,
      () => false,
    );
    server.close();
    if (isFree) return port;
  }
}
