import assert from "node:assert/strict";
import { after, test } from "node:test";
import { SUBPROTOCOL } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import { ADMIN, bearer, makeToken, revokeToken } from "../../../support/named-tokens.ts";
import { post } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";
import { waitFor } from "../../../support/wait.ts";

const edge = await startEdge({ vars: { ADMIN_TOKEN: ADMIN, WATCH: "lab/**=token" } });
after(() => edge.close());

test("[AC6f] [AC10a] revoking a token ends its connections with 4403, in a channel that sleeps, too; others stay", async () => {
  const { token, name } = await makeToken(edge, "rig", { "lab/**": ["watch", "history"] });
  const other = await makeToken(edge, "other", { "lab/**": ["watch", "history"] });
  await post(edge, "lab/a", "1");
  const frames = await openViewer(edge.channelUrl("lab/a"), { subprotocol: SUBPROTOCOL, headers: bearer(token) });
  const text = await openViewer(edge.channelUrl("lab/b"), { headers: bearer(token) });
  const stays = await openViewer(edge.channelUrl("lab/a"), { headers: bearer(other.token) });
  await edge.evict("lab/a");
  await edge.evictObject("TOKENS", "tokens");
  assert.equal((await revokeToken(edge, name)).status, 204);
  for (const viewer of [frames, text]) await waitFor("a close frame", () => viewer.isClosing);
  // workerd ends a connection that the object closed only with the object.
  await Promise.all([edge.evict("lab/a"), edge.evict("lab/b")]);
  assert.deepEqual([(await frames.closed).code, (await text.closed).code], [4403, 4403]);
  await post(edge, "lab/a", '{"x":5,"y":6}');
  await stays.nextMessage("the point for who stays", (message) => String(message).includes('"y":6'));
  await stays.close();
});
