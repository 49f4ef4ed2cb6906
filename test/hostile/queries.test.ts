/** [RT5] [VW1] [VW2] What anybody may write behind the question mark. */
import assert from "node:assert/strict";
import { after } from "node:test";
import { SUBPROTOCOL } from "../../protocol/limits.ts";
import { startEdge } from "../support/edge.ts";
import { pointsIn } from "../support/publish.ts";
import { exchange } from "../support/raw-http.ts";
import { isBinary, openViewer, UpgradeRefused } from "../support/sockets.ts";
import { JOINS, READS } from "./rows/queries.ts";
import { assertRefused, tryRow } from "./table.ts";

const POINT = { series: "y", x: 1, y: 2 };
const edge = await startEdge();
after(() => edge.close());

for (const row of READS) {
  tryRow("[RT5] reads", edge, row, async ({ channel, from }) => {
    const head = `GET /c/${channel}?${row.query} HTTP/1.1\r\nHost: ${edge.url.host}\r\n${from}\r\n`;
    const { answers } = await exchange(edge.url, `${head}Accept: application/json\r\nConnection: close\r\n\r\n`);
    if (row.is === "query-invalid") assertRefused(answers[0], 400, row.is);
    else assert.equal(answers[0]?.body, row.is === "one" ? '[{"x":1,"y":2}]\n' : "[]\n");
    return 0;
  });
}

for (const row of JOINS) {
  tryRow("[VW1] joins", edge, row, async ({ channel }) => {
    const url = new URL(`?${row.query}`, edge.channelUrl(channel));
    const open = () => openViewer(url, { subprotocol: SUBPROTOCOL });
    if (row.is === "query-invalid") {
      const refused = await open().catch((error: unknown) => error);
      assert.ok(refused instanceof UpgradeRefused, `not refused: ${refused}`);
      assert.partialDeepStrictEqual(JSON.parse(refused.body), { status: 400, code: row.is });
      return 0;
    }
    const viewer = await open();
    const frame = await viewer.nextMessage("the first frame", isBinary);
    assert.deepEqual(pointsIn(frame), [POINT]);
    await viewer.close();
    return 0;
  });
}
