import assert from "node:assert/strict";
import { test } from "node:test";
import { unknownText } from "../../../../bridge/decode/unknown-text.ts";
import { cpuMsOf } from "../../../support/cpu.ts";

const CASES: readonly [text: string, says: RegExp][] = [
  ["ON", /"ON" is a word.*kind = "step"/],
  ["55%", /send the number alone, 55\./],
  ["21.5 °C", /send the number alone, 21\.5\./],
  ["$5.50", /send the number alone, 5\.50\./],
  ["0x1F", /hexadecimal/],
  ["temp: 21.5 C", /a name with a value \("temp"\)/],
  ["64 bytes from 8.8.8.8: icmp_seq=0 ttl=118 time=12.0 ms", /a name with a value \("icmp_seq"\)/],
  ["a,b\n1,2,3", /the first line has 2 cells and the second 3/],
  ["          a    b\n0       1.5  2.0\n", /the first line has 2 cells and the second 3/],
  ["ypr,0.5,2.5,3", /Before numbers stands "ypr".*--topic-delimiter ','/],
  ["ypr\t0.5\t2.5", /--topic-delimiter \$'\\t'/],
  ["ypr 0.5 2.5 3", /--topic-delimiter ' '/],
  ["2026-11-28T14:00:00Z,kitchen,21.0", /"kitchen" is no number: send a line of names/],
  ["28.11.26;14:00:00;21,5", /a year of four digits/],
  ["temp,0,hum,5", /put a colon between them, temp:0/],
  ["a 0 b 5", /put a colon between them, a:0/],
  ["40001=5;40002=6", /a name begins with a letter/],
  ["| a | b |\n|---|---|\n| 1 | 2 |", /a table with \|/],
  ["<temp>21.5</temp>", /XML or HTML/],
  ["<34>1 2026-11-28T14:00:00Z host su", /syslog/],
  ["---\ntemp: 21.5\n", /YAML/],
  ["GET / HTTP/1.1\r\n", /HTTP/],
  ["eyJ5IjoxfQ==", /base64/],
  ["48656c6c6f", /hexadecimal digits/],
  ["Reading{temp=21.0, hum=55}", /a program's own object/],
  ["np.float64(21.0)", /a program's own object/],
  ["map[hum:55 temp:21.0]", /a program's own object/],
  ["We would like to see this", /neither JSON, nor a word.*--topic-delimiter/],
];

for (const [text, says] of CASES) {
  test(`[FM3f] what text looks like: ${JSON.stringify(text)}`, () => assert.match(unknownText(text), says));
}

test("[FM3f] a look at hostile text is short", () => {
  const ms = cpuMsOf(() => {
    for (const part of ["a", "a ", "a,", "1", "a=", "<", "{", "a:\n ", "-", "1.", "\t", "é "])
      unknownText(part.repeat(1_000_000));
  });
  assert.ok(ms < 5_000, `${ms} ms`);
});
