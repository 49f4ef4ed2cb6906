import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Packr } from "msgpackr";
import type { MapConfig } from "../../../../bridge/config/config.ts";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import type { Message } from "../../../../bridge/decode/message.ts";
import { createMapper } from "../../../../bridge/map/mapper.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { startBridge } from "../../../../bridge/pipeline/bridge.ts";
import { PupilClock } from "../../../../bridge/presets/pupil/pupil-clock.ts";
import { ChannelUplink } from "../../../../bridge/uplink/channel-uplink.ts";
import { gapOf, lossesOf, withGaps } from "../../../../client/publish/collect/gaps.ts";
import { decodeFrame } from "../../../../protocol/frame/frame.ts";
import { type Edge, startEdge } from "../../../support/edge.ts";
import { ARRIVED_AT, mapWith } from "../../../support/mapping.ts";
import { frameOfRows, rowOf } from "../../../support/publish.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { waitFor } from "../../../support/wait.ts";

/** Nothing that is not finite gets into a frame or a gap: a channel would be dead for all its publishers. */

const LARGEST = 99_999_999_999_999_980_000;
const log = createLog("text", "info", () => undefined);
const packr = new Packr({ useRecords: false });

describe("through the real Worker", () => {
  let edge: Edge;
  before(async () => {
    edge = await startEdge();
  });
  after(async () => {
    await edge.close();
  });

  async function storedOf(to: URL, series: string): Promise<unknown> {
    const answer = await fetch(`${to.href}?series=${series}`, { headers: { accept: "application/json" } });
    return answer.json();
  }

  it("[MP3b] [BR23] timestamps of Pupil that add up to infinity are refused, and another source of the channel goes on", async () => {
    const to = edge.channelUrl("finite-pupil");
    const bridge = await startBridge({
      to,
      token: edge.token ?? "",
      log,
      sources: [
        sourceOf({ name: "eyes", bind: ["tcp://127.0.0.1:*"], decode: { ...sourceOf().decode, preset: "pupil" } }),
        sourceOf({ name: "good", bind: ["tcp://127.0.0.1:*"] }),
      ],
    });
    const [eyesAt = "", goodAt = ""] = bridge.addresses;
    const eyes = await connectPublisher(eyesAt);
    const good = await connectPublisher(goodAt);
    try {
      await eyes.send("pupil.0.2d", packr.pack({ timestamp: -1.7e308, confidence: 0.5 }));
      await eyes.send("fixations", packr.pack({ timestamp: 1.7e308, confidence: 0.5 }));
      await waitFor("both messages", () => bridge.ledger.received === 2);
      await good.send('{"x":1,"y":1}');
      await waitFor("the first point delivered", () => bridge.ledger.delivered === 1);
      await good.send('{"x":2,"y":2}');
      await waitFor("the second point delivered", () => bridge.ledger.delivered === 2);
      assert.deepEqual(await storedOf(to, "y"), [
        { x: 1, y: 1 },
        { x: 2, y: 2 },
      ]);
      assert.equal(bridge.ledger.refused.get("time-not-a-number"), 2);
    } finally {
      eyes.close();
      good.close();
      await bridge.close({ drainMs: 0 });
    }
  });

  it("[BR8a] [BR8b] after a frame that is refused for its x, those that follow are stored, with its loss", async () => {
    const to = edge.channelUrl("finite-refused");
    const uplink = new ChannelUplink({
      to,
      token: edge.token ?? "",
      log,
      bufferBytes: 64 << 20,
      spool: undefined,
      publisher: undefined,
      isNumbered: true,
    });
    try {
      for (const x of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const before = uplink.ledger.droppedPoints;
        uplink.add([{ x, arrival: false, names: ["bad"], values: [1] }]);
        await waitFor("the frame is refused for good", () => uplink.ledger.droppedPoints === before + 1);
      }
      uplink.add([{ x: 1, arrival: false, names: ["y"], values: [1] }]);
      await waitFor("the next point delivered", () => uplink.ledger.delivered === 1);
      uplink.add([{ x: 2, arrival: false, names: ["y"], values: [2] }]);
      await waitFor("the one after delivered", () => uplink.ledger.delivered === 2);
      assert.deepEqual(await storedOf(to, "y"), [
        { x: 1, y: 1 },
        { x: 2, y: 2 },
      ]);
    } finally {
      await uplink.close(0);
    }
  });
});

describe("[MP3b] the time of an envelope, a preset or a clock", () => {
  const maps: [string, MapConfig][] = [
    ["no mapping", {}],
    ["a mapping", { series: "{field}" }],
  ];
  for (const [called, map] of maps) {
    it(`is a number between -1e20 and 1e20: with ${called}`, () => {
      const value = (time: number): Message => ({ topic: "", time, content: { kind: "value", value: 1 } });
      const samples = (x0: number, dx: number): Message => {
        const names = ["a"];
        const columns = [Float64Array.of(1, 2)];
        return { topic: "", content: { kind: "samples", samples: { x0, dx, arrival: true, names, columns } } };
      };
      const mapper = createMapper(map);
      for (const time of [LARGEST, -LARGEST]) {
        assert.equal(typeof mapWith(mapper, value(time)), "object", `${time}`);
        assert.equal(typeof mapWith(mapper, samples(time, 0)), "object", `${time}`);
      }
      for (const time of [1e20, -1e20, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]) {
        assert.equal(mapWith(mapper, value(time)), "time-not-a-number", `${time}`);
        assert.equal(mapWith(mapper, samples(time, 0)), "time-not-a-number", `${time}`);
        assert.equal(mapWith(mapper, samples(0, time)), "time-not-a-number", `step ${time}`);
      }
    });
  }

  it("[PT7e] in a field costs the field, in a unit that is named, too", () => {
    const leftOut: string[] = [];
    const mapper = createMapper({ timeUnit: "s" }, ({ reason, place }) => leftOut.push(`${reason} ${place}`));
    const at = (x: number): Message => ({ topic: "", content: { kind: "value", value: { x, y: 1 } } });
    assert.deepEqual(mapWith(mapper, at(1e20)), ["y now 1"]);
    assert.deepEqual(leftOut, ["time-unreadable x"]);
    assert.deepEqual(mapWith(mapper, at(-LARGEST)), [`y ${-LARGEST} 1`]);
  });

  it("of which no clock says it teaches Pupil's nothing", () => {
    const clock = new PupilClock();
    for (const timestamp of [1e20, -1e20, 1.7e308, -1.7e308]) {
      assert.throws(() => clock.unixSeconds(timestamp, ARRIVED_AT, true), { code: "time-not-a-number" });
    }
    assert.equal(clock.unixSeconds(5, ARRIVED_AT, false), ARRIVED_AT);
  });
});

it("[BR8b] a loss has no bound that is not finite, wherever it comes from", () => {
  const frame = frameOfRows("00000000000000aa", 1, [rowOf(Number.POSITIVE_INFINITY, { y: 1 })]);
  const [loss] = lossesOf(frame, "frame-refused");
  assert.deepEqual(loss, { ...gapOf("frame-refused", 1), fromX: null, toX: null });
  const told = { ...gapOf("frame-refused", 1), fromX: Number.NEGATIVE_INFINITY, toX: Number.POSITIVE_INFINITY };
  const { blocks } = decodeFrame(withGaps(frameOfRows("00000000000000aa", 2, [rowOf(1, { y: 1 })]), [told]));
  assert.deepEqual(blocks[0], gapOf("frame-refused", 1));
});
