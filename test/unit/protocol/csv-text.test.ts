import assert from "node:assert/strict";
import { test } from "node:test";
import { csvText } from "../../../protocol/csv-text.ts";

/** What stands in a file for a text. */
const FIELDS: Record<string, string> = {
  y: "y",
  "temp.motor [°C]": "temp.motor [°C]",
  "a-b": "a-b",
  "a, -b": '"a, -b"',
  'a "b"': '"a ""b"""',
  "two\r\nlines": '"two\r\nlines"',
  "=1+1": "'=1+1",
  "+1": "'+1",
  "-1": "'-1",
  "@SUM(A1)": "'@SUM(A1)",
  "\t=1": "\t'=1",
  "\r=1": '"\'\r=1"',
  " =1": " '=1",
  "\u00a0=1": "\u00a0'=1",
  "\uff1d1": "'\uff1d1",
  "\uff0b1": "'\uff0b1",
  "\uff0d1": "'\uff0d1",
  "\uff20A": "'\uff20A",
  '=HYPERLINK("http://x","y")': '"\'=HYPERLINK(""http://x"",""y"")"',
  // Where ; separates cells, a quote inside of one is nothing.
  "a;b": '"a;b"',
  "a;=1+1": '"a;\'=1+1"',
  "a; =cmd|' /C calc'!A0;b": "\"a; '=cmd|' /C calc'!A0;b\"",
  ";;@x;-1": "\";;'@x;'-1\"",
};

for (const [text, field] of Object.entries(FIELDS)) {
  test(`[RT5e] ${JSON.stringify(text)} is ${JSON.stringify(field)} in CSV`, () => assert.equal(csvText(text), field));
}

test("[RT5e] a long text of blanks or separators is a field in no time that grows with its square", () => {
  const length = 2 ** 20;
  for (const part of [" ", ";", "; ", "\t", "="]) {
    assert.ok(csvText(part.repeat(length / part.length)).length >= length);
  }
});
