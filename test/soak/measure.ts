/** What a process and a directory take, and whether that grows. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

export interface Process {
  rss: number;
  /** Without what is mapped from files. */
  anonymous: number;
  handles: number;
}

export async function readProcess(pid: number): Promise<Process> {
  const [status, handles] = await Promise.all([readFile(`/proc/${pid}/status`, "utf8"), readdir(`/proc/${pid}/fd`)]);
  const bytes = (name: string): number => 1024 * Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(status)?.[1]);
  return { rss: bytes("VmRSS"), anonymous: bytes("RssAnon"), handles: handles.length };
}

/** SQLite's write-ahead log begins anew after 1,000 pages of 4 KiB, and what one transaction adds; its file never shrinks. */
export const MAX_WAL_BYTES = 5 * 1024 * 1024;

/** All files in it but write-ahead logs, in bytes. */
export async function bytesIn(directory: string): Promise<number> {
  return (await sizesIn(directory, (name) => !name.endsWith("-wal"))).reduce((sum, size) => sum + size, 0);
}

/** The largest write-ahead log in it, in bytes. */
export async function largestWalIn(directory: string): Promise<number> {
  return Math.max(0, ...(await sizesIn(directory, (name) => name.endsWith("-wal"))));
}

/** A file that vanishes meanwhile has nothing. */
async function sizesIn(directory: string, isMeant: (name: string) => boolean): Promise<number[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile() && isMeant(entry.name))
    .map(({ parentPath, name }) =>
      stat(join(parentPath, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return await Promise.all(sizes);
}

export interface Trend {
  start: number;
  end: number;
  max: number;
  perHour: number;
  /** What the straight line grows by from first to last sample. */
  growth: number;
  /** Standard deviation from the line. */
  noise: number;
  isFlat: boolean;
}

const FLAT_SHARE = 0.1;

/** Start and end are means of the first and last sixth: a single sample of what goes up and down says little. */
export function trendOf(samples: { atMs: number; value: number }[]): Trend {
  const n = samples.length;
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const values = samples.map(({ value }) => value);
  const hours = samples.map(({ atMs }) => atMs / 3_600_000);
  const [meanHour, meanValue] = [mean(hours), mean(values)];
  let [products, squares] = [0, 0];
  for (const [i, hour] of hours.entries()) {
    products += (hour - meanHour) * ((values[i] ?? 0) - meanValue);
    squares += (hour - meanHour) ** 2;
  }
  const perHour = squares === 0 ? 0 : products / squares;
  const residuals = values.map((value, i) => (value - meanValue - perHour * ((hours[i] ?? 0) - meanHour)) ** 2);
  const noise = Math.sqrt(mean(residuals));
  const growth = perHour * ((hours.at(-1) ?? 0) - (hours[0] ?? 0));
  const part = Math.max(1, Math.floor(n / 6));
  const start = mean(values.slice(0, part));
  // Shrinking is no fault. A line that rises by less than what single samples stray by is no growth that can be told.
  const isFlat = growth <= FLAT_SHARE * start || growth <= 2 * noise;
  return { start, end: mean(values.slice(-part)), max: Math.max(...values), perHour, growth, noise, isFlat };
}
