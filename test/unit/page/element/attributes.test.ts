import assert from "node:assert/strict";
import { test } from "node:test";
import {
  readDigits,
  readSeries,
  readSource,
  readSpan,
  readThemeName,
  readY,
  seriesText,
} from "../../../../page/element/attributes.ts";

const BASE = "https://site.example/a/page.html";

test("[EL3a] src is a channel's URL, also a relative one; what does not belong to it is left out", () => {
  const read = (text: string): string | undefined => readSource(text, BASE).value?.href;
  assert.equal(read("https://board.example/c/lab/bench-3"), "https://board.example/c/lab/bench-3");
  assert.equal(read("/c/lab"), "https://site.example/c/lab");
  assert.equal(read("https://user:secret@board.example/c/lab?points=3#token=x"), "https://board.example/c/lab");
});

test("[EL3b] what is no channel's URL is told, with one that is", () => {
  for (const text of [null, "", "https://", "/elsewhere", "/c/", "ftp://board.example/c/lab", "javascript:alert(1)"]) {
    const { value, fault = "" } = readSource(text, BASE);
    assert.equal(value, undefined, `${text}`);
    assert.match(fault, /It is a channel's URL, like https:\/\/board\.example\/c\/lab/);
  }
});

test("[EL3a] window is seconds, or as the page's addresses have it", () => {
  for (const [text, window] of [
    ["60", "1 m"],
    ["2.5", "2.5 s"],
    ["90s", "90 s"],
    [" 5m ", "5 m"],
    ["2 h", "2 h"],
    ["100 pts", "100 pts"],
    ["ALL", "All"],
    ["", undefined],
    [null, undefined],
  ] as const)
    assert.deepEqual(readSpan(text), window === undefined ? {} : { value: window }, `${text}`);
  for (const text of ["0", "-5", "soon", "1e9", "5 weeks", "NaN"])
    assert.match(readSpan(text).fault ?? "", /is no window: 60 \(seconds\)/, text);
});

test("[EL3a] series are names and patterns; a comma in a name is %2C, also from a list that a program sets", () => {
  assert.deepEqual(readSeries(" temp, cell.* ,,"), ["temp", "cell.*"]);
  assert.deepEqual(readSeries(null), []);
  const names = ["a,b", "50%", "c*", "temp [°C]"];
  assert.deepEqual(readSeries(seriesText(names)), names);
});

test("[EL3a] y is a range, and what else an axis may be in the page's addresses", () => {
  assert.deepEqual(readY("0..10").value?.mode, { kind: "fixed", min: 0, max: 10 });
  assert.deepEqual(readY("y=0.1..2.5;at=1").value?.thresholds, [1]);
  assert.deepEqual(readY("at=5,7,5; auto").value, { mode: { kind: "auto" }, log: false, thresholds: [5, 7] });
  assert.deepEqual(readY(null), {});
  for (const [text, said] of [
    ["9..3", /“9\.\.3” is none of/],
    ["0..x", /“0\.\.x” is none of/],
    ["wide", /“wide” is none of/],
    ["at=5,x", /“at=5,x” is none of/],
    ["0.1..10;log", /“log” is none of/],
  ] as const) {
    assert.match(readY(text).fault ?? "", said);
    assert.equal(readY(text).value, undefined);
  }
});

test("[EL6a] digits are 0 to 15", () => {
  assert.deepEqual(["0", "15", "", null].map(readDigits), [{ value: 0 }, { value: 15 }, {}, {}]);
  for (const text of ["16", "-1", "1.5", "two"]) assert.match(readDigits(text).fault ?? "", /from 0 to 15/);
});

test("[EL3a] a theme is light, dark or auto", () => {
  assert.deepEqual(["light", "dark", "auto", "", null].map(readThemeName), [
    { value: "light" },
    { value: "dark" },
    {},
    {},
    {},
  ]);
  assert.match(readThemeName("blue").fault ?? "", /none of light, dark, auto/);
});
