import assert from "node:assert/strict";
import { test } from "node:test";
import { arrangementIn } from "../../../../../worker/http/publish/arrangement.ts";

test("[CH18a] an arrangement is the fragment of a URL, without what it says of the view", () => {
  for (const [fragment, expected] of [
    ["panel=a,b;log&panel=:c", "panel=a,b;log&panel=:c"],
    ["#window=1m&from=1&to=2&paused=1&panel=a%20b%20%5BV%5D&hide=c\n", "panel=a%20b%20%5BV%5D&hide=c"],
    ["calc=p:u*i&remove=x", "calc=p:u*i&remove=x"],
    ["newer=1", "newer=1"],
    ["", ""],
    [" # ", ""],
    ["#", ""],
    ["window=1m", undefined],
    ["panel", undefined],
    ["panel=a&&panel=b", undefined],
    ["Panel=a", undefined],
    ["panel=a b", undefined],
    ["panel=\u00e9", undefined],
    ["panel=%zz", undefined],
    ["panel=%ff", undefined],
    ['{"panel":"a"}', undefined],
  ] as const) {
    assert.equal(arrangementIn(fragment), expected, fragment);
  }
});
