import { decimalOf } from "../decimal-text.ts";
import { isDate } from "../layout.ts";
import { fieldsOf, type LineFormat, otherThan, wrongIn } from "./line-format.ts";

const LINE = /^([^:|@#>\s][^:|@#]{0,200}):([^|]{1,4096})\|(c|g|ms|s|h|d|m)((?:\|[^|]*)*)$/;

/**
 * StatsD: `name:value|type`, with `|@rate` and `|#tags` behind it, and several values between colons
 * (https://github.com/statsd/statsd/blob/master/docs/metric_types.md; https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/).
 * What is sent is drawn, not what a server would make of it: a counter's increments, a timer's times. A gauge that is changed by
 * a difference has no value here.
 */
export const STATSD: LineFormat = {
  name: "statsd",
  needsNumber: false,
  read(line) {
    const [, name, values, type, rest = ""] = LINE.exec(line.trim()) ?? [];
    if (name === undefined || values === undefined || type === undefined) {
      return otherThan("line of StatsD", line, "one is name:value|type");
    }
    const tags = rest.split("|").find((part) => part.startsWith("#"));
    const tagged = tags === undefined ? name : `${name}{${tags.slice(1).replaceAll(":", "=")}}`;
    const series = type === "ms" ? `${tagged} [ms]` : tagged;
    if (type === "s") return [{ fields: fieldsOf([[series, values]]) }];
    if (type === "g" && /^[+-]/.test(values)) {
      return wrongIn(line, "it changes a gauge by a difference, and what it was is not known: send the whole value");
    }
    const numbers = values.split(":").map((value) => decimalOf(value));
    // Teleplot's name:milliseconds:value|g.
    if (numbers.length === 2 && isDate(numbers[0] ?? Number.NaN)) {
      return otherThan("line of StatsD", line, "the first of its two values is a time");
    }
    if (numbers.some((number) => number === undefined)) return wrongIn(line, "its value is no number");
    return numbers.map((number) => ({ fields: fieldsOf([[series, number ?? Number.NaN]]) }));
  },
};
