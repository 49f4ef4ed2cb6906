/** The heaps of the isolates in workerd, by its inspector. */
import type { Edge } from "../support/edge.ts";
import { withDeadline } from "../support/wait.ts";

export class WorkerdHeaps {
  readonly #sockets: readonly WebSocket[];

  /** @param edge one that was started with its inspector */
  static async open(edge: Edge): Promise<WorkerdHeaps> {
    const { host } = await edge.inspectorUrl();
    const targets: unknown = await (await fetch(`http://${host}/json`)).json();
    const urls = Array.isArray(targets) ? targets.map((one) => String(one.webSocketDebuggerUrl)) : [];
    const sockets = urls.map((url) => new WebSocket(url));
    const opened = sockets.map((socket) => new Promise((done) => socket.addEventListener("open", done)));
    await withDeadline("the inspector's connections", Promise.all(opened), 10_000);
    for (const socket of sockets) socket.send(JSON.stringify({ id: 0, method: "HeapProfiler.enable" }));
    return new WorkerdHeaps(sockets);
  }

  private constructor(sockets: readonly WebSocket[]) {
    this.#sockets = sockets;
  }

  /**
   * Asks each isolate to collect garbage, which V8 would otherwise do minutes apart: that of each request holds what workerd
   * has of it. Nobody waits for the answers: an isolate gives its own when it has something to do.
   */
  collectGarbage(): void {
    for (const socket of this.#sockets) socket.send(JSON.stringify({ id: 1, method: "HeapProfiler.collectGarbage" }));
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }
}
