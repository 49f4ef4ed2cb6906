/** What the messages are built after is told in test/support/ndov.ts. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ndov } from "../../../../bridge/presets/ndov.ts";
import { dvs, HEARTBEAT, kv6, onRoute, PREFIXED } from "../../../support/ndov.ts";
import { ARRIVED_AT } from "../../../support/preset.ts";
import { readOne, readOverZeroMq, seriesOf } from "../../../support/preset-feed.ts";

/** Reads what comes at second 1000, and what is told at `now`. */
function told(messages: readonly (readonly (string | Buffer)[])[], now = 1001): Record<string, number | undefined> {
  const reader = ndov.create({});
  for (const frames of messages) assert.deepEqual(readOne(reader, frames, 1000), []);
  return seriesOf(reader.tick?.(now) ?? []);
}

function delaysOf(owner: string, series: Record<string, number | undefined>): Record<string, number | undefined> {
  return Object.fromEntries(Object.entries(series).filter(([name]) => name.startsWith(`${owner}.`)));
}

it("[PS13] messages are counted by the minute, all of them and of each envelope, and go to zero", () => {
  const reader = ndov.create({});
  for (const frames of [
    ["/CXX/KV6posinfo", HEARTBEAT],
    ["/CXX/KV6posinfo", HEARTBEAT],
    ["/RIG/KV15messages", "not looked at"],
    ["/RIG/NStreinpositiesInterface5", Buffer.from([0x1f, 0x8b])],
  ]) {
    readOne(reader, frames);
  }
  assert.deepEqual(seriesOf(reader.tick?.(1000) ?? []), {
    "ndov.per_minute": 4,
    "/CXX/KV6posinfo.per_minute": 2,
    "/RIG/KV15messages.per_minute": 1,
    "/RIG/NStreinpositiesInterface5.per_minute": 1,
  });
  const later = Object.values(seriesOf(reader.tick?.(1061) ?? []));
  assert.deepEqual(later, Array(4).fill(0));
});

describe("[PS13] KV6", () => {
  it("tells how late each operator's journeys are", () => {
    const series = told([
      ["/RIG/KV6posinfo", kv6(onRoute("HTM", 1, -31), onRoute("HTM", 2, 0), onRoute("RET", 1, 240))],
      ["/RIG/KV6posinfo", kv6(onRoute("HTM", 3, 600), onRoute("HTM", 4, 61))],
    ]);
    assert.deepEqual(delaysOf("HTM", series), {
      "HTM.journeys": 4,
      "HTM.punctuality.median": 30.5,
      "HTM.punctuality.min": -31,
      "HTM.punctuality.max": 600,
    });
    assert.equal(series["RET.punctuality.median"], 240);
  });

  it("counts a journey once, with what it said last", () => {
    const frames = [0, 60, 120].map((late) => ["/HTM/KV6posinfo", kv6(onRoute("HTM", 1, late))]);
    const series = told(frames);
    assert.equal(series["HTM.journeys"], 1);
    assert.equal(series["HTM.punctuality.max"], 120);
    assert.equal(series["HTM.punctuality.min"], 120);
  });

  it("is read with prefixes, comments, CDATA and several KV6posinfo; what has no punctuality is left aside", () => {
    assert.deepEqual(delaysOf("CXX", told([["/CXX/KV6posinfo", PREFIXED]])), {
      "CXX.journeys": 2,
      "CXX.punctuality.median": 15,
      "CXX.punctuality.min": -31,
      "CXX.punctuality.max": 61,
    });
  });

  it("may be plain, with a byte order mark, or in several frames", () => {
    const plain = '<VV_TM_PUSH><KV6posinfo><DELAY a="<>"><dataownercode>A</dataownercode><punctuality>5</punctuality>';
    const whole = `${plain}</DELAY></KV6posinfo></VV_TM_PUSH>`;
    for (const parts of [[whole], [`\uFEFF${whole}`], [whole.slice(0, 30), whole.slice(30)]]) {
      assert.equal(told([["/A/KV6posinfo", ...parts]])["A.punctuality.max"], 5);
    }
  });

  it("may have references, of XML's own and by number", () => {
    const xml =
      "<VV_TM_PUSH><KV6posinfo><DELAY><dataownercode>&lt;A&amp;B&#62;&#x1F68C;&b;</dataownercode>" +
      "<punctuality>&#45;&#53;</punctuality></DELAY></KV6posinfo></VV_TM_PUSH>";
    assert.equal(told([["/A/KV6posinfo", xml]])["<A&B>\u{1F68C}&b;.punctuality.max"], -5);
  });

  it("is told once in ten seconds; who says nothing for two minutes is not on the way any more", () => {
    const reader = ndov.create({});
    readOne(reader, ["/HTM/KV6posinfo", kv6(onRoute("HTM", 1, 9))], 1000);
    const count = (now: number): unknown => seriesOf(reader.tick?.(now) ?? [])["HTM.journeys"];
    assert.equal(count(1001), 1);
    assert.equal(count(1010), undefined);
    assert.equal(count(1011), 1);
    assert.equal(count(1120), 1);
    const later = delaysOf("HTM", seriesOf(reader.tick?.(1131) ?? []));
    assert.deepEqual(later, { "HTM.journeys": 0 });
  });

  it("tells on when the clock is set back, and forgets what was said before", () => {
    const reader = ndov.create({});
    readOne(reader, ["/HTM/KV6posinfo", kv6(onRoute("HTM", 1, 9))], 1000);
    assert.equal(seriesOf(reader.tick?.(1001) ?? [])["HTM.journeys"], 1);
    assert.equal(seriesOf(reader.tick?.(500) ?? [])["HTM.journeys"], 0);
  });
});

describe("[PS13] InfoPlus DVS", () => {
  it("tells how late each operator's trains depart", () => {
    const series = told([
      ["/RIG/InfoPlusDVSInterface4", dvs("NS", "PT1M3S")],
      ["/RIG/InfoPlusDVSInterface4", dvs("NS", "PT0S", "1")],
      ["/RIG/InfoPlusDVSInterface4", dvs("NS", "PT1H0.5S", "2")],
      ["/RIG/InfoPlusDVSInterface4", dvs("R-net door NS", "-PT5S")],
      ["/RIG/InfoPlusDVSInterface4", dvs("X", "tomorrow")],
    ]);
    assert.deepEqual(delaysOf("NS", series), {
      "NS.departures": 3,
      "NS.departure_delay.median": 63,
      "NS.departure_delay.min": 0,
      "NS.departure_delay.max": 3600.5,
    });
    assert.equal(series["R-net door NS.departure_delay.max"], -5);
    assert.deepEqual(delaysOf("X", series), {});
  });
});

it("[PS13] comes over ZeroMQ", async () => {
  const reader = ndov.create({});
  await readOverZeroMq(
    ndov,
    [
      ["/HTM/KV6posinfo", kv6(onRoute("HTM", 1, 9))],
      ["/CXX/KV6posinfo", HEARTBEAT],
    ],
    reader,
  );
  assert.deepEqual(seriesOf(reader.tick?.(ARRIVED_AT + 1) ?? []), {
    "ndov.per_minute": 2,
    "/HTM/KV6posinfo.per_minute": 1,
    "/CXX/KV6posinfo.per_minute": 1,
    "HTM.journeys": 1,
    "HTM.punctuality.median": 9,
    "HTM.punctuality.min": 9,
    "HTM.punctuality.max": 9,
  });
});
