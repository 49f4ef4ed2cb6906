import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { TestContext } from "node:test";

/** A line to a server that can be cut: nothing but TCP, so that only who comes by it is cut off. */
export class TcpRelay {
  readonly url: URL;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  #isCut = false;

  static async to(t: TestContext, target: URL): Promise<TcpRelay> {
    const sockets = new Set<Socket>();
    const server = createServer((near) => {
      if (relay.#isCut) {
        near.destroy();
        return;
      }
      const far = connect(Number(target.port), target.hostname);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(from);
        from.on("error", () => to.destroy());
        from.on("close", () => {
          sockets.delete(from);
          to.destroy();
        });
        from.pipe(to);
      }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const relay = new TcpRelay(new URL(`http://127.0.0.1:${port}`), server, sockets);
    t.after(() => {
      relay.cut();
      relay.#server.close();
    });
    return relay;
  }

  private constructor(url: URL, server: Server, sockets: Set<Socket>) {
    this.url = url;
    this.#server = server;
    this.#sockets = sockets;
  }

  /** Ends every connection, and takes no other. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }
}
