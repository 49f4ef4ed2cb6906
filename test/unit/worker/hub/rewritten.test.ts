/** A frame of the log is put in the place of another: a note was edited. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { numberFrame } from "../../../../protocol/frame/header.ts";
import type { Format, JoinStart } from "../../../../worker/hub/join-request.ts";
import { FrameRing } from "../../../support/frame-ring.ts";
import { type FakeSocket, HubOnRing } from "../../../support/hub-viewers.ts";
import { frameOf } from "../../../support/publish.ts";

const A = "00000000000000aa";
const START: JoinStart = { kind: "resume", cursor: { epoch: 1, seq: 0 } };

/** What a viewer was sent of the point that is edited from 1234 to 4321, as text or bytes. */
function seen(format: Format, socket: FakeSocket): boolean[] {
  const shows = (y: number): boolean => {
    if (format === "json") return socket.texts.some((text) => text.includes(`"y":${y}`));
    const frame = edited(y);
    return socket.sent.some((sent) => typeof sent !== "string" && Buffer.from(sent).includes(Buffer.from(frame)));
  };
  return [shows(1234), shows(4321)];
}

function edited(y: number): Uint8Array {
  const frame = frameOf(A, 1, [y]);
  numberFrame(frame, 1, 1);
  return frame;
}

for (const format of ["frames", "json"] as const) {
  test(`[RL1c] [BW6] a viewer of ${format} that joins after a frame was rewritten is not sent what was read before`, async () => {
    const ring = new HubOnRing();
    ring.log.append(edited(1234));
    const before = await ring.join(format, START);
    ring.log.replace(edited(4321));
    ring.hub.rewritten();
    const late = await ring.join(format, START);
    assert.deepEqual(seen(format, before), [true, false]);
    assert.deepEqual(seen(format, late), [false, true]);
  });

  test(`[RL1c] [BW6] one of ${format} for which it is being read meanwhile gets what was read anew`, async () => {
    const ring = new HubOnRing(new FrameRing());
    ring.log.append(edited(1234));
    const framesAfter = ring.log.framesAfter.bind(ring.log);
    ring.log.framesAfter = async (...asked) => {
      const batch = await framesAfter(...asked);
      ring.log.framesAfter = framesAfter;
      ring.log.replace(edited(4321));
      ring.hub.rewritten();
      return batch;
    };
    const socket = await ring.join(format, START);
    const late = await ring.join(format, START);
    assert.deepEqual(seen(format, socket), [false, true]);
    assert.deepEqual(seen(format, late), [false, true]);
  });
}
