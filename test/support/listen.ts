import { once } from "node:events";
import type { Server } from "node:net";

/** Starts a server on a free port of loopback. @returns its URL */
export async function listen(server: Server): Promise<URL> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return new URL(`http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`);
}
