import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { ndov } from "../../../../bridge/presets/ndov.ts";
import { Delays } from "../../../../bridge/presets/ndov-delays.ts";
import { dvs, HEARTBEAT, PREFIXED } from "../../../support/ndov.ts";
import { assertReadsAnything, readOne, refusalOf, seriesOf } from "../../../support/preset-feed.ts";

describe("[PS13] delays", () => {
  it("are bounded: operators beyond are told as one, and of journeys the oldest goes first", () => {
    const delays = new Delays({ field: "late", count: "journeys" });
    for (let i = 0; i < 100; i++) delays.report(`owner ${i}`, "1", i, 0);
    delays.report("a\nb", "2", 5, 0);
    for (let i = 0; i < 5000; i++) delays.report("owner 0", `${i}`, i, 0);
    const series = seriesOf(delays.tick(0));
    assert.equal(Object.keys(series).filter((name) => name.endsWith(".journeys")).length, 33);
    assert.equal(series["owner 0.journeys"], 4096);
    assert.equal(series["owner 0.late.min"], 904);
    assert.equal(series["other.journeys"], 69);
    assert.equal(series["other.late.min"], 5);
    assert.equal(series["other.late.max"], 99);
  });

  it("keep the journey that was heard of last", () => {
    const delays = new Delays({ field: "late", count: "journeys" });
    for (let i = 0; i < 4096; i++) delays.report("a", `${i}`, i, 0);
    delays.report("a", "0", 0, 0);
    delays.report("a", "new", 5000, 0);
    const series = seriesOf(delays.tick(0));
    assert.deepEqual(series, { "a.journeys": 4096, "a.late.median": 2048.5, "a.late.min": 0, "a.late.max": 5000 });
  });
});

describe("[PS13] what is not of NDOV Loket is refused", () => {
  const wrong = [
    [],
    ["/CXX/KV6posinfo"],
    ["CXX", HEARTBEAT],
    ["/", HEARTBEAT],
    [`/${"x".repeat(128)}`, HEARTBEAT],
    ["/a b", HEARTBEAT],
    ["/CXX/KV6posinfo", ""],
    ["/CXX/KV6posinfo", '{"x":1}'],
    ["/CXX/KV6posinfo", dvs("NS", "PT0S")],
    ["/RIG/InfoPlusDVSInterface4", HEARTBEAT],
  ];

  it("with what was expected, and not counted", () => {
    for (const frames of wrong) {
      const { code, message } = refusalOf(ndov, frames);
      assert.equal(code, "envelope-wrong");
      assert.match(message, /--preset ndov expects NDOV Loket's two frames/);
      const reader = ndov.create({});
      assert.throws(() => readOne(reader, frames));
      assert.deepEqual(seriesOf(reader.tick?.(1) ?? []), { "ndov.per_minute": 0 });
    }
  });

  it("when its XML is not well-formed, and nothing of it is taken", () => {
    const journey =
      "<KV6posinfo><DELAY><dataownercode>A</dataownercode><punctuality>5</punctuality></DELAY></KV6posinfo>";
    for (const xml of [
      `<VV_TM_PUSH>${journey}`,
      `<VV_TM_PUSH>${journey}</VV_TM_RES>`,
      `<VV_TM_PUSH>${journey}</VV_TM_PUSH><b/>`,
      `<VV_TM_PUSH>${journey}</VV_TM_PUSH>x`,
      `<VV_TM_PUSH>${journey}</VV_TM_PUSH></VV_TM_PUSH>`,
      `<!DOCTYPE a [<!ENTITY b "c">]><VV_TM_PUSH>${journey}</VV_TM_PUSH>`,
      `<VV_TM_PUSH>${journey}<!a/></VV_TM_PUSH>`,
      `<VV_TM_PUSH>${journey}<!-- </VV_TM_PUSH>`,
      `<VV_TM_PUSH>${journey}<![CDATA[ </VV_TM_PUSH>`,
      `<VV_TM_PUSH>${journey}<a b="></VV_TM_PUSH>`,
      `<VV_TM_PUSH>${journey}< a/></VV_TM_PUSH>`,
      `<VV_TM_PUSH>${journey}${"<a>".repeat(64)}${"</a>".repeat(64)}</VV_TM_PUSH>`,
      `<![CDATA[x]]><VV_TM_PUSH>${journey}</VV_TM_PUSH>`,
      `<VV_TM_PUSH>${journey}</VV_TM_PUSH><![CDATA[x]]>`,
      `<?VV_TM_PUSH>${journey}</VV_TM_PUSH?>`,
      "<",
    ]) {
      const reader = ndov.create({});
      assert.throws(() => readOne(reader, ["/A/KV6posinfo", xml]), { code: "envelope-wrong" });
      assert.deepEqual(seriesOf(reader.tick?.(1) ?? []), { "ndov.per_minute": 0 });
    }
  });

  it("when it cannot be inflated, or is too large", () => {
    assert.equal(refusalOf(ndov, ["/A/KV6posinfo", HEARTBEAT.subarray(0, 90)]).code, "inflate-failed");
    const large = gzipSync(Buffer.alloc(20 * 1024 * 1024, "<"));
    assert.equal(refusalOf(ndov, ["/A/KV6posinfo", large]).code, "inflate-too-large");
  });

  it("and nothing else is thrown, whatever comes", () => {
    const plain =
      "<VV_TM_PUSH><KV6posinfo><DELAY a='1'><punctuality>&#65;</punctuality></DELAY></KV6posinfo></VV_TM_PUSH>";
    assertReadsAnything(ndov, [
      ["/CXX/KV6posinfo", plain],
      ["/CXX/KV6posinfo", PREFIXED],
      ["/RIG/InfoPlusDVSInterface4", dvs("NS", "PT1M3S")],
    ]);
  });
});
