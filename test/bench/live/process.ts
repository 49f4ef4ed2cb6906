import { readFile } from "node:fs/promises";

/** Each viewer is a socket in workerd and one in the process of the viewers. */
export async function mustHaveFiles(count: number): Promise<void> {
  const line = (await readFile("/proc/self/limits", "utf8"))
    .split("\n")
    .find((each) => each.startsWith("Max open files"));
  const limit = Number(/(\d+)\s+\d+/.exec(line ?? "")?.[1] ?? Number.POSITIVE_INFINITY);
  if (limit >= count) return;
  console.error(
    `A process may have ${limit} files open here, and ${count} are needed: ulimit -n ${count}, as root if that is refused.`,
  );
  process.exit(2);
}

/** The CPU time that a process has taken, in ms. */
export async function cpuMsOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).replace(/^.*\) /s, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
