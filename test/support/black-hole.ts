import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A line to a server that can die as a network does: what either side sends then arrives nowhere, and nobody is told. */
export class BlackHole {
  readonly url: URL;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isDead = false;

  static async to(target: URL): Promise<BlackHole> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return new BlackHole(server, new URL(`http://127.0.0.1:${address.port}`), target);
  }

  private constructor(server: Server, url: URL, target: URL) {
    this.#server = server;
    this.url = url;
    server.on("connection", (near) => this.#join(near, connect(Number(target.port), target.hostname)));
  }

  die(): void {
    this.#isDead = true;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on("error", () => {});
      from.on("data", (data) => {
        if (!this.#isDead) to.write(data);
      });
      from.on("close", () => {
        if (!this.#isDead) to.destroy();
      });
    }
  }
}
