import { decimalOf } from "../decimal-text.ts";
import { fieldsOf, type LineFormat, otherThan, wrongIn } from "./line-format.ts";

/** A sentence of NMEA 0183, or of AIS with an exclamation mark. */
const SENTENCE = /^[$!]([A-Z][A-Z0-9]{2,9}),([^*\r\n]{0,400}?)(?:\*([0-9A-Fa-f]{2}))?$/;

/**
 * NMEA 0183: `$GPRMC,123519,A,…*6A`. Fields have numbers, the first after the name being 1, and are as they stand there: a
 * latitude of 4807.038 is 48° 07.038'. A sentence whose checksum is wrong is refused.
 */
export const NMEA: LineFormat = {
  name: "nmea",
  needsNumber: false,
  read(line) {
    const text = line.trim();
    const [, name, body, checksum] = SENTENCE.exec(text) ?? [];
    if (name === undefined || body === undefined) {
      return otherThan("sentence of NMEA 0183", line, "one is $NAME, fields between commas, and a checksum");
    }
    const sum = checksumOf(text.slice(1).split("*")[0] ?? "");
    if (checksum !== undefined && Number.parseInt(checksum, 16) !== sum) {
      return wrongIn(
        text,
        `its checksum should be ${sum.toString(16).toUpperCase().padStart(2, "0")}: it was damaged on its way`,
      );
    }
    const fields = body.split(",").flatMap((field, i): [string, number | string][] => {
      // An empty field is one that the device does not know.
      return field === "" ? [] : [[`${name}.${i + 1}`, decimalOf(field) ?? field]];
    });
    return [{ fields: fieldsOf(fields) }];
  },
};

/** All characters between `$` and `*`, one XORed with the other. */
function checksumOf(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum ^= text.charCodeAt(i);
  return sum & 0xff;
}
