/** A page for which there is no room: it says so, and comes back when the Worker wants it to. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { newChannel, publishJson } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { assertFits } from "./fits.ts";
import { Stage } from "./stage.ts";
import { noticed } from "./watching.ts";

const stage = await Stage.open({ vars: { QUOTA_ADDRESS: "viewers=1" } });
after(() => stage.close());

const expectedErrors = /the server responded with a status of 429|WebSocket connection to '[^']+' failed/;

for (const phone of [false, true]) {
  test(`[PG24e] [VC1e] [AC13h] one viewer too many, ${phone ? "on a phone" : "on a desktop"}: it says why and when it tries again, tries no sooner, and is live once there is room`, async (t) => {
    const channel = newChannel();
    await publishJson(stage.edge, channel, { y: 1 });
    const first = await stage.openTab(t, channel);
    await first.holds(1);
    const tab = await stage.openTab(t, newChannel(), { phone, expectedErrors });
    await tab.joined();
    let sockets = 0;
    tab.page.on("websocket", () => sockets++);
    await tab.page.goto(stage.edge.channelUrl(channel).href);
    await tab.says(/^Too many viewers; next try in (?:29|30|31) s$/);
    // Until it knew why, it may have tried once more.
    const tried = sockets;
    await noticed(tab, /QUOTA_ADDRESS/);
    await assertFits(tab, "the state");
    // By now it would have tried again.
    await tab.says(/^Too many viewers; next try in 2[0-5] s$/);
    assert.equal(sockets, tried);
    await first.page.goto(stage.edge.channelUrl(newChannel()).href);
    const headers = { Accept: "application/problem+json" };
    const asked = (): Promise<Response> => fetch(stage.edge.channelUrl(channel), { headers });
    await waitFor("room", async () => (await asked()).status === 204);
    await tab.page.getByRole("button", { name: "Retry now" }).click();
    await tab.holds(1);
    await publishJson(stage.edge, channel, { y: 2 });
    await tab.says("Live");
    assert.ok(await tab.page.locator("#notice").isHidden());
    assert.equal(sockets, tried + 1);
  });
}
