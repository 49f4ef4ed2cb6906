/** Where a viewer is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { regionOf } from "../../../../../worker/http/live/region.ts";

test("[RL2b] by continent, country and longitude; where nothing is known everybody is at one place", () => {
  for (const [cf, region] of [
    [{ continent: "NA", longitude: "-122.4" }, "wnam"],
    [{ continent: "NA", longitude: "-73.9" }, "enam"],
    [{ continent: "NA" }, "enam"],
    [{ continent: "SA" }, "sam"],
    [{ continent: "EU", longitude: "2.3" }, "weur"],
    [{ continent: "EU", longitude: "21.0" }, "eeur"],
    [{ continent: "EU", longitude: "east" }, "weur"],
    [{ continent: "AS", country: "JP" }, "apac"],
    [{ continent: "AS", country: "AE" }, "me"],
    [{ continent: "AF", country: "EG" }, "me"],
    [{ continent: "AF", country: "KE" }, "afr"],
    [{ continent: "OC" }, "oc"],
    [{ continent: "AN" }, "weur"],
    [{}, "weur"],
    [undefined, "weur"],
    [null, "weur"],
    ["EU", "weur"],
    [{ continent: 1, country: 2, longitude: {} }, "weur"],
  ] as const)
    assert.equal(regionOf(cf), region, JSON.stringify(cf));
});
