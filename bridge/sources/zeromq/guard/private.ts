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

/**
 * Where the directory may be: a container whose root is read-only has often nothing but `/dev/shm` that can be written to.
 * No abstract addresses of Linux: whoever has the same network namespace sees them in `/proc/net/unix` and can connect.
 */
export function privateParents(runtime = process.env.XDG_RUNTIME_DIR, temporary = tmpdir()): readonly string[] {
  const given = runtime === undefined || runtime === "" ? [] : [runtime];
  return [...new Set([...given, temporary, "/tmp", "/var/tmp", "/dev/shm"])];
}

/** What it means that there is none, and what to do. @param parents where it was tried */
export function noDirectoryText(parents: readonly string[]): string {
  return (
    `None of these can be written to: ${parents.join(", ")}. So ZeroMQ is on ports of loopback, where other programs of this ` +
    "machine reach it past the guard, and publishers that are connected to are not looked at: one that resets its connection " +
    "can end this bridge. Set TMPDIR to a short path of a directory of this user's."
  );
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

  /** @param parents directories that are tried for it, in this order */
  static async open(parents: readonly string[] = privateParents()): Promise<PrivateEndpoints> {
    if (capability.ipc !== true || process.platform === "win32") return new PrivateEndpoints();
    for (const parent of parents) {
      if (Buffer.byteLength(join(parent, `${PREFIX}123456`, ALIVE)) > MAX_PATH_BYTES) continue;
      const directory = await mkdtemp(join(parent, PREFIX)).catch(() => undefined);
      if (directory === undefined) continue;
      const alive = createServer((socket) => socket.destroy()).unref();
      const isListening = await new Promise<boolean>((resolve) => {
        alive.once("error", () => resolve(false)).listen(join(directory, ALIVE), () => resolve(true));
      });
      if (!isListening) {
        // A file system without sockets.
        await rm(directory, { recursive: true, force: true });
        continue;
      }
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
