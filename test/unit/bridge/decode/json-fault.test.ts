import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { notJsonText } from "../../../../bridge/decode/json-fault.ts";
import { notUtf8Text } from "../../../../bridge/decode/utf8-fault.ts";
import { parseJson } from "../../../../protocol/json/json.ts";

/** Text that is no JSON, with where and what is said of it. */
const FAULTS: readonly (readonly [string, RegExp])[] = [
  [
    "{'y': 1}",
    /, at character 2 \(`'y': 1}`\): single quotes: this is Python's str\(\) or repr\(\), send json\.dumps\(\)/,
  ],
  ['{"y": True}', /at character 7 .*True is Python's, JSON has true/],
  ['{"y": None}', /at character 7 .*None is Python's, JSON has null/],
  ['{"y": nan}', /at character 7 .*nan is no number of JSON: send null/],
  ['{"y": -inf}', /at character 7 .*-inf is no number of JSON: send null/],
  ['{"y": 1.#QNAN}', /at character 7 .*1\.#QNAN is no number of JSON: send null/],
  ['{"y": 1,}', /at character 8 .*a comma before the closing bracket: leave it out/],
  ["[1,2 , ]", /at character 6 .*a comma before the closing bracket/],
  ['{"y": .5}', /at character 7 .*a digit belongs before the point/],
  ['{"y": -.5}', /at character 7 .*a digit belongs before the point/],
  ['{"y": 5.}', /at character 7 .*a digit belongs after the point/],
  ['{"y": +5}', /at character 7 .*no plus/],
  ['{"y": 0x1F}', /at character 7 .*hexadecimal/],
  ['{"y": 007}', /at character 7 .*does not begin with 0/],
  ['{"y": 21,5}', /at character 9 .*a comma between digits: a number has a point/],
  ['{"y": 21.5C}', /at character 7 .*a unit/],
  ['{"t": 2026-11-28}', /at character 7 .*a date: it has to be in double quotes/],
  ['{"y":1} // °C', /at character 9 .*a comment/],
  ['{"y":1, # °C\n"z":2}', /at character 9 .*a comment/],
  ["{y: 1}", /at character 2 .*a field's name has to be in double quotes/],
  ["{1: 2}", /at character 2 .*a field's name has to be in double quotes/],
  ["{b'y': 1}", /at character 2 .*b before a quote: this is Python's/],
  ["{\u201cy\u201d: 1}", /at character 2 .*\u201c is no quote of JSON/],
  ['{"y" 1}', /at character 6 .*a colon is missing/],
  ['{"y"=1}', /at character 5 .*there is = instead/],
  ['{"y":1 "z":2}', /at character 8 .*a comma is missing/],
  ['{"y":1;"z":2}', /at character 7 .*there is ; instead/],
  ["[1,,2]", /at character 4 .*a value is missing/],
  ['{"y":}', /at character 6 .*a value is missing/],
  ['{"y":1,,"z":2}', /at character 8 .*a comma too many/],
  ['{"y": on}', /at character 7 .*on has to be in double quotes/],
  ['{"y": undefined}', /at character 7 .*send null/],
  ['{"y": TRUE}', /at character 7 .*in small letters/],
  ['{"y": np.float64(1.0)}', /at character 7 .*np\.float64\( is the text of a program's own object/],
  ["(1, 2)", /at character 1 .*a tuple: this is Python's/],
  ['{"s":"a\nb"}', /at character 8 .*a line break inside of text: write \\n/],
  ['{"s":"a\u0001b"}', /at character 8 .*a control character \(0x01\) inside of text: write \\u0001/],
  ['{"s":"C:\\data"}', /at character 9 .*\\d is no escape of JSON/],
  ['{"s":"\\u12"}', /at character 7 .*four hexadecimal digits/],
  ['{"y":1}{"y":2}', /at character 8 .*the value has ended, and more follows: .*a line each/],
  ['{"y":1}}', /at character 8 .*a closing bracket too many/],
  ['{"y":[1}', /at character 8 .*} where ] belongs/],
  ["\u00a0{}", /at character 1 .*a space of another kind \(U\+00a0\)/],
  ['{"a":[{"y":1', /it ends after 12 characters, in the middle: 3 brackets are still open\. Was the message cut/],
  ['{"y":1, "na', /text that begins at character 9 does not end\. Was the message cut/],
  ['{"y": 1.', /half a number\. Was the message cut/],
  [" \n", /it is empty/],
  ['{\n  "a": 1,\n  "b": nan\n}', /at line 3, character 8 /],
];

describe("what is wrong in text that is no JSON", () => {
  for (const [text, pattern] of FAULTS) {
    it(`[FM3c] ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseJson(text));
      assert.match(notJsonText(text), /^This is not JSON[,:]/);
      assert.match(notJsonText(text), pattern);
    });
  }

  it("[FM3c] is a sentence for whatever a byte makes of JSON", () => {
    const text = '{"a": [1.5, -2e-3, true], "b": {"c": "d\\u00e9", "e": null}}';
    for (let at = 0; at < text.length; at++) {
      for (const put of ["", "'", ",", "}", "]", "\\", "\n", "0", "x", '"', ".", "NaN"]) {
        const changed = text.slice(0, at) + put + text.slice(at + 1);
        for (const each of [changed, changed.slice(0, at)]) {
          let isJson = true;
          try {
            parseJson(each);
          } catch {
            isJson = false;
          }
          assert.equal(notJsonText(each) === "This is not JSON.", isJson, each);
        }
      }
    }
  });

  it("[FM3c] is looked for in the first 1,048,576 characters, and brackets may be as deep", () => {
    assert.match(notJsonText(`[${"1,".repeat(600_000)}]`), /comes after the first 1048576 characters/);
    assert.match(notJsonText("[".repeat(1_000_000)), /1000000 brackets are still open/);
  });
});

describe("what is wrong in bytes that are not UTF-8", () => {
  it("[FM3c] the byte, and which letter of Latin-1 it is", () => {
    assert.equal(
      notUtf8Text(Buffer.from('{"ort":"Küche"}', "latin1")),
      'This is not UTF-8, at byte 10 (0xfc, in Latin-1 "ü"): encode text as UTF-8.',
    );
    assert.match(notUtf8Text(Buffer.from([0x41, 0xef, 0xbf, 0xbd, 0x80])), /at byte 5 \(0x80\)/);
  });

  it("[FM3c] a cut through a character", () => {
    assert.match(
      notUtf8Text(Buffer.from("aé").subarray(0, 2)),
      /at byte 2 \(0xc3\): it ends in the middle of a character/,
    );
  });
});
