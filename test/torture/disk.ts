/** A small disk for the spool, which can be filled up: a tmpfs of its own where one may be mounted (root on Linux). */
import { execFile, spawnSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const PIECE = new Uint8Array(4096);

export class SmallDisk {
  readonly directory: string;
  readonly isMounted: boolean;

  static async at(directory: string, megabytes: number): Promise<SmallDisk> {
    await mkdir(directory);
    const mount = run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", directory]);
    return new SmallDisk(
      directory,
      await mount.then(
        () => true,
        () => false,
      ),
    );
  }

  private constructor(directory: string, isMounted: boolean) {
    this.directory = directory;
    this.isMounted = isMounted;
  }

  /** Takes all the room there is. @returns false if that cannot be */
  fill(): boolean {
    if (!this.isMounted) return false;
    const file = openSync(this.#ballast, "a");
    try {
      for (;;) writeSync(file, PIECE);
    } catch {
      return true;
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  /** At once, for an end that cannot wait. */
  close(): void {
    if (this.isMounted) spawnSync("umount", ["-l", this.directory]);
  }

  get #ballast(): string {
    return join(this.directory, "ballast");
  }
}
