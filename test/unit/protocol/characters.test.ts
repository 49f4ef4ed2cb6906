import assert from "node:assert/strict";
import { test } from "node:test";
import { hasControl, replaceControl } from "../../../protocol/characters.ts";
import { decodeFrame, pointsOf } from "../../../protocol/frame/frame.ts";
import { FrameBuilder } from "../../../protocol/frame/frame-builder.ts";
import { rowsOfJson } from "../../../protocol/json/points.ts";
import { isSeriesName } from "../../../protocol/names.ts";

const PUBLISHER = "0123456789abcdef";

/** First and last of each range, by what they do. */
const CONTROLS = {
  "control characters": "\u0000\u0007\u001b\u001f\u007f\u0080\u009b\u009f",
  "separators of lines and paragraphs": "\u2028\u2029",
  "what turns the direction of writing": "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
  "what cannot be seen": "\u00ad\u180e\u200b\u2060\u2064\u206f\ufeff\ufff9\ufffb\u{e0001}\u{e0041}\u{e007f}",
  "half a character": "\ud83d",
};
const TEXT = ["y", "temp.motor [°C]", "ü€😀", "\u00a0", "\u202f", " "];
/** Scripts and emoji need joiners, marks and selectors. */
const SCRIPTS = ["👩‍🔬", "می‌خواهم", "क्‍ष", "עברית", "❤️", "e\u0301", "한국어"];

for (const [kind, characters] of Object.entries(CONTROLS)) {
  for (const character of kind === "half a character" ? ["\ud83d", "\ude00"] : characters) {
    const code = (character.codePointAt(0) ?? 0).toString(16).padStart(4, "0").toUpperCase();
    test(`[FR1h] [PT7c] U+${code} (${kind}) is in no series' name, and a blank in a label`, () => {
      const name = `a${character}b`;
      assert.ok(hasControl(name));
      assert.ok(!isSeriesName(name));
      assert.equal(
        replaceControl(name, () => " "),
        "a b",
      );
      assert.throws(() => rowsOfJson(JSON.stringify({ [name]: 1 }), { arrivedAt: 1, topic: "" }), {
        code: "series-name-invalid",
      });
      const builder = new FrameBuilder();
      const marks = [{ series: "state", style: "step" as const, value: 1, text: name }];
      builder.add({ x: 1, arrival: false, names: ["state"], values: [1], marks });
      const [point] = pointsOf(decodeFrame(builder.encode(PUBLISHER, 1)));
      assert.equal(point?.text, "a b");
      if (kind === "half a character") return;
      const wrong = new FrameBuilder();
      wrong.add({ x: 1, arrival: false, names: [name], values: [1] });
      assert.throws(() => decodeFrame(wrong.encode(PUBLISHER, 1)), { name: "FrameError", code: "frame-column" });
    });
  }
}

for (const name of [...TEXT, ...SCRIPTS]) {
  test(`[FR1g] [FR1h] ${JSON.stringify(name)} is a series' name`, () => assert.ok(isSeriesName(name)));
}
