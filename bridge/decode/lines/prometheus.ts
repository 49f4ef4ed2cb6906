import { decimalOf } from "../decimal-text.ts";
import { fieldsOf, type LineFormat, otherThan } from "./line-format.ts";

const LINE = /^([A-Za-z_:][A-Za-z0-9_:]*)(?:\{([^}]{0,1000})\})?[ \t]+(\S+)(?:[ \t]+(\d{12,16}))?$/;

/**
 * Prometheus' text: `name{label="a"} value milliseconds`, with comments. Each set of labels is a series
 * (https://prometheus.io/docs/instrumenting/exposition_formats/).
 */
export const PROMETHEUS: LineFormat = {
  name: "prometheus",
  needsNumber: true,
  read(line) {
    const text = line.trim();
    if (text.startsWith("#")) return undefined;
    const [, name, labels, value, time] = LINE.exec(text) ?? [];
    const number = value === undefined ? undefined : decimalOf(value);
    if (name === undefined || value === undefined || (number === undefined && !/^(?:NaN|[+-]?Inf)$/.test(value))) {
      return otherThan("line of Prometheus", line, "one is a name, labels in braces, and a value");
    }
    const series = labels === undefined || labels === "" ? name : `${name}{${labels.replaceAll('"', "")}}`;
    const fields = fieldsOf([[series, number ?? null]]);
    return [time === undefined ? { fields } : { time: Number(time), fields }];
  },
};
