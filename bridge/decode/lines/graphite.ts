import { decimalOf } from "../decimal-text.ts";
import { fieldsOf, type LineFormat, otherThan } from "./line-format.ts";

const NAME = /^[\p{L}_][^\s;=]*(?:;[^\s;=]+=[^\s;]+)*$/u;
/** Seconds of a date from 2001 on: a smaller third number is another value. */
const MIN_SECONDS = 1e9;
const MAX_SECONDS = 4.1e9;

/**
 * Graphite's plaintext: `path value unix-seconds`; -1 or N is now; tags stand behind the path
 * (https://graphite.readthedocs.io/en/latest/feeding-carbon.html, "The plaintext protocol").
 */
export const GRAPHITE: LineFormat = {
  name: "graphite",
  needsNumber: true,
  read(line) {
    const [path, value, time, ...more] = line.trim().split(/\s+/, 5);
    const number = value === undefined ? undefined : decimalOf(value);
    if (path === undefined || !NAME.test(path) || number === undefined || time === undefined || more.length > 0) {
      return otherThan("line of Graphite", line, "one is path, value and unix seconds");
    }
    const fields = fieldsOf([[seriesOf(path), number]]);
    if (time === "N" || time === "-1") return [{ fields }];
    const seconds = decimalOf(time);
    if (seconds === undefined || seconds < MIN_SECONDS || seconds >= MAX_SECONDS) {
      return otherThan("line of Graphite", line, `"${time.slice(0, 20)}" is no time in unix seconds`);
    }
    return [{ time: seconds, fields }];
  },
};

/** `disk.used;host=web1;rack=2` → `disk.used{host=web1,rack=2}`. */
function seriesOf(path: string): string {
  const [name = "", ...tags] = path.split(";");
  return tags.length === 0 ? name : `${name}{${tags.join(",")}}`;
}
