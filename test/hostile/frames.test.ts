/** [FR4] [CH4] [BAD1] Bodies of frames in which one thing is wrong: refused whole, and shown to nobody. */
import assert from "node:assert/strict";
import { after } from "node:test";
import { FRAME_TYPE, SUBPROTOCOL } from "../../protocol/limits.ts";
import { startEdge } from "../support/edge.ts";
import { post } from "../support/publish.ts";
import { isBinary, openViewer } from "../support/sockets.ts";
import { FRAMES } from "./rows/frames.ts";
import { tryRow } from "./table.ts";

const edge = await startEdge();
after(() => edge.close());

for (const row of FRAMES) {
  tryRow("[FR4] [BAD1] frames", edge, row, async ({ channel }) => {
    const viewer = await openViewer(edge.channelUrl(channel), { subprotocol: SUBPROTOCOL });
    await viewer.nextMessage("the first frame", isBinary);
    const response = await post(edge, channel, row.body, { "Content-Type": FRAME_TYPE });
    const text = await response.text();
    const taken = typeof row.is === "number" ? row.is : 0;
    if (taken > 0) {
      assert.partialDeepStrictEqual(
        { status: response.status, ...fieldsOf(text) },
        { status: 200, points: row.is },
        text,
      );
    } else {
      const { code } = fieldsOf(text);
      assert.equal(response.status, row.is === "body-too-large" ? 413 : 400, text);
      assert.equal(code, row.is, text);
    }
    await viewer.close();
    assert.equal(viewer.messages.filter(isBinary).length > 1, taken > 0);
    return taken;
  });
}

function fieldsOf(text: string): Record<string, unknown> {
  const fields: unknown = JSON.parse(text);
  assert.ok(typeof fields === "object" && fields !== null, text);
  return { ...fields };
}
