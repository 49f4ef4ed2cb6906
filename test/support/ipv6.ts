import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Whether programs here can listen on [::1]. Chrome and Firefox take `localhost` for both loopback addresses, whatever
 * the system's resolver says; where only one of them were ours, another user could answer on the other.
 */
export async function hasIpv6Loopback(): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(0, "::1"), "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
