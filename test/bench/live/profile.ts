/** How the time that JavaScript takes in workerd is shared between Worker and object, which are one isolate there: by V8's CPU profiler. */
import { isObject } from "../../../protocol/json/json.ts";
import { bundleWorker, readWorkerConfig } from "../../../scripts/local/worker-bundle.ts";
import type { Edge } from "../../support/edge.ts";
import { withDeadline } from "../../support/wait.ts";

/** In ms: what each computes in JavaScript. What else the process takes is the runtime's: sockets, streams, collecting garbage. */
export interface Shares {
  /** Of channels. */
  object: number;
  /** Of their relays. */
  relay: number;
  worker: number;
}

const SAMPLE_EVERY_US = 250;
const MAX_SAMPLE_US = 4 * SAMPLE_EVERY_US;
/** What is called first in an object; everything else of the bundle that is called first is the Worker's. */
const OWNERS = [
  ["relay", /^worker\/relay\//],
  ["object", /^worker\/(channel|hub|room)\//],
] as const;

interface ProfileNode {
  id: number;
  children?: number[];
  callFrame: { url: string; lineNumber: number };
}

interface Profile {
  nodes: ProfileNode[];
  samples: number[];
  /** In µs. */
  timeDeltas: number[];
}

export class Profiler {
  readonly #socket: WebSocket;
  readonly #ownerByLine: readonly (keyof Shares | undefined)[];
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #id = 0;

  /** @param edge one that was started with its inspector */
  static async open(edge: Edge): Promise<Profiler> {
    const { name, main } = await readWorkerConfig();
    const { host } = await edge.inspectorUrl();
    const socket = new WebSocket(`ws://${host}/core:user:${name}`);
    const opened = new Promise((resolve) => socket.addEventListener("open", resolve));
    await withDeadline("the inspector's connection", opened, 10_000);
    return new Profiler(socket, whoseLines(await bundleWorker(main)));
  }

  private constructor(socket: WebSocket, ownerByLine: readonly (keyof Shares | undefined)[]) {
    this.#socket = socket;
    this.#ownerByLine = ownerByLine;
    socket.addEventListener("message", ({ data }: { data: unknown }) => {
      const message: unknown = JSON.parse(String(data));
      if (isObject(message)) this.#waiting.get(Number(message.id))?.(message.result);
    });
  }

  /** Begins. An isolate answers when it has something to do: publish meanwhile. */
  async start(): Promise<void> {
    await this.#ask("Profiler.enable");
    await this.#ask("Profiler.setSamplingInterval", { interval: SAMPLE_EVERY_US });
    await this.#ask("Profiler.start");
  }

  /** Ends. @returns what was spent since {@link start} */
  async stop(): Promise<Shares> {
    const result = await this.#ask("Profiler.stop");
    if (!isProfileResult(result)) throw new Error("The inspector gave no profile.");
    return this.#sharesOf(result.profile);
  }

  close(): void {
    this.#socket.close();
  }

  #sharesOf({ nodes, samples, timeDeltas }: Profile): Shares {
    const whose = new Map<number, keyof Shares | undefined>();
    const byId = new Map(nodes.map((node) => [node.id, node]));
    // Whose the outermost function of the bundle is.
    const visit = (id: number, outer: keyof Shares | undefined): void => {
      const node = byId.get(id);
      if (node === undefined) return;
      const { url, lineNumber } = node.callFrame;
      const own = outer ?? (url.endsWith("worker.js") ? this.#ownerByLine[lineNumber] : undefined);
      whose.set(id, own);
      for (const child of node.children ?? []) visit(child, own);
    };
    if (nodes[0] !== undefined) visit(nodes[0].id, undefined);
    const shares: Shares = { object: 0, relay: 0, worker: 0 };
    for (const [i, id] of samples.entries()) {
      const owner = whose.get(id);
      if (owner === undefined) continue;
      // While another process has the processor the wall's clock goes on.
      shares[owner] += Math.min(timeDeltas[i] ?? 0, MAX_SAMPLE_US) / 1000;
    }
    return shares;
  }

  async #ask(method: string, params: Record<string, unknown> = {}): Promise<unknown> {
    const id = ++this.#id;
    const answer = new Promise((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    return await withDeadline(`an answer to ${method}`, answer, 60_000);
  }
}

function isProfileResult(result: unknown): result is { profile: Profile } {
  return isObject(result) && isObject(result.profile) && Array.isArray(result.profile.nodes);
}

/** esbuild writes the name of each file before what it has of it. */
function whoseLines(bundle: string): (keyof Shares | undefined)[] {
  let file = "";
  return bundle.split("\n").map((line) => {
    file = /^\/\/ ((?:worker|protocol|client|node_modules)\/\S+)$/.exec(line)?.[1] ?? file;
    // What both call says of itself nothing.
    if (/^(protocol|client|node_modules)\//.test(file) || file === "") return undefined;
    return OWNERS.find(([, files]) => files.test(file))?.[0] ?? "worker";
  });
}
