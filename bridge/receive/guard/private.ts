import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { capability } from "zeromq";
import { isListenedTo } from "../attach.ts";
import type { ReceivingSocket } from "../socket.ts";

const PREFIX = "plotcast-zmq-";
/** Listens as long as the process lives, so that others do not remove the directory. */
const ALIVE = "alive";
const MAX_PATH_BYTES = 100;
/** One that is being made has no socket for a moment. */
const STALE_AFTER_MS = 60_000;

/** Where libzmq listens for the guard alone. */
export interface PrivateEndpoint {
  /** As libzmq names it in its events. */
  endpoint: string;
  dial: () => Socket;
}

/** A directory of this user's alone (0700) with libzmq's sockets, one for each address; removed at the end. */
export class PrivateEndpoints {
  readonly #directory: string | undefined;
  readonly #alive: Server | undefined;
  #count = 0;

  private constructor(directory?: string, alive?: Server) {
    this.#directory = directory;
    this.#alive = alive;
  }

  static async open(): Promise<PrivateEndpoints> {
    if (capability.ipc !== true || process.platform === "win32") return new PrivateEndpoints();
    for (const parent of new Set([process.env.XDG_RUNTIME_DIR ?? tmpdir(), tmpdir()])) {
      if (Buffer.byteLength(join(parent, `${PREFIX}123456`, ALIVE)) > MAX_PATH_BYTES) continue;
      const directory = await mkdtemp(join(parent, PREFIX)).catch(() => undefined);
      if (directory === undefined) continue;
      const alive = createServer((socket) => socket.destroy()).unref();
      await new Promise<void>((resolve, reject) => {
        alive.once("error", reject).listen(join(directory, ALIVE), resolve);
      });
      void removeStale(parent);
      return new PrivateEndpoints(directory, alive);
    }
    return new PrivateEndpoints();
  }

  /** Whether nobody but this user can reach them; else they are on a port of the loopback interface. */
  get arePrivate(): boolean {
    return this.#directory !== undefined;
  }

  async bind(socket: ReceivingSocket): Promise<PrivateEndpoint> {
    if (this.#directory === undefined) {
      await socket.bind("tcp://127.0.0.1:*");
      const endpoint = socket.lastEndpoint ?? "";
      const port = Number(endpoint.split(":").at(-1));
      return { endpoint, dial: () => connect({ port, host: "127.0.0.1", allowHalfOpen: true }) };
    }
    const path = join(this.#directory, String(this.#count++));
    await socket.bind(`ipc://${path}`);
    return { endpoint: `ipc://${path}`, dial: () => connect({ path, allowHalfOpen: true }) };
  }

  /** A path that is libzmq's to connect to, and the guard's to listen at; undefined if there are none that are private. */
  pathToConnect(): string | undefined {
    return this.#directory === undefined ? undefined : join(this.#directory, String(this.#count++));
  }

  async close(): Promise<void> {
    this.#alive?.close();
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true, force: true });
  }
}

/** Removes what bridges left that were killed. Never rejects. */
async function removeStale(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(PREFIX))) {
    const directory = join(parent, name);
    try {
      const { uid, mtimeMs } = await lstat(directory);
      if (uid !== process.getuid?.() || Date.now() - mtimeMs < STALE_AFTER_MS) continue;
      if (!(await isListenedTo(join(directory, ALIVE)))) await rm(directory, { recursive: true, force: true });
    } catch {
      // Another bridge has removed it.
    }
  }
}
