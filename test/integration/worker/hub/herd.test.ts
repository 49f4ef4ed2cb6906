import assert from "node:assert/strict";
import { test } from "node:test";
import { ClientViewer } from "../../../support/client-viewer.ts";
import { startEdge } from "../../../support/edge.ts";
import { frameOf, publishFrames } from "../../../support/publish.ts";
import { waitFor } from "../../../support/wait.ts";

const VIEWERS = 1000;
const A = "00000000000000aa";

test("[VW10] after a crash a thousand viewers come back, spread out, and have every point once", async (t) => {
  const edge = await startEdge();
  t.after(() => edge.close());
  await publishFrames(edge, "herd", frameOf(A, 1, [1, 2, 3]));
  const viewers = Array.from({ length: VIEWERS }, () => new ClientViewer(edge.channelUrl("herd")));
  t.after(() => {
    for (const viewer of viewers) viewer.close();
  });
  const all = (points: number) => (): true | undefined =>
    viewers.every((viewer) => viewer.isLive && viewer.points === points) || undefined;
  await waitFor("a thousand viewers live", all(3), { deadlineMs: 60_000 });

  await publishFrames(edge, "herd", frameOf(A, 2, [4]));
  await waitFor("the fourth point at each", all(4), { deadlineMs: 60_000 });
  await edge.kill();
  await edge.restart();
  const restartedAtMs = performance.now();
  await publishFrames(edge, "herd", frameOf(A, 3, [5, 6]));
  await waitFor("all of them back and whole", all(6), { deadlineMs: 60_000 });
  t.diagnostic(
    `${VIEWERS} viewers back and whole ${((performance.now() - restartedAtMs) / 1000).toFixed(1)} s after the restart`,
  );
  assert.deepEqual(
    viewers.filter(({ missing }) => missing !== 0),
    [],
  );
});
