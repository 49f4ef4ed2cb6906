/** One suite for all that a page's viewer may be connected by: a WebSocket, a stream of events, long polls. */
import assert from "node:assert/strict";
import { after, describe, type TestContext, test } from "node:test";
import { eventsSocket } from "../../../client/fallback/events-socket.ts";
import { pollSocket } from "../../../client/fallback/poll-socket.ts";
import {
  ChannelViewer,
  type EarlierPoints,
  pointsOf,
  type StatusMessage,
  type ViewerOptions,
} from "../../../client/viewer.ts";
import { webEnvironment } from "../../../client/web-environment.ts";
import { ARRANGEMENT_TYPE } from "../../../protocol/limits.ts";
import { startEdge } from "../../support/edge.ts";
import { ADMIN, bearer, makeToken, revokeToken } from "../../support/named-tokens.ts";
import { newChannel, post, publishJson } from "../../support/publish.ts";
import { openViewer } from "../../support/sockets.ts";
import { waitFor } from "../../support/wait.ts";

const edge = await startEdge({ vars: { ADMIN_TOKEN: ADMIN, WATCH: "private/**=token" } });
after(() => edge.close());

class Watching {
  readonly y: number[] = [];
  readonly missing: string[] = [];
  readonly earlier: EarlierPoints[] = [];
  readonly statuses: StatusMessage[] = [];
  readonly phases: string[] = [];
  readonly layouts: string[] = [];
  expiringInMs: number | undefined;
  readonly viewer: ChannelViewer;

  constructor(t: TestContext, name: string, channel: string, options: ViewerOptions = {}) {
    const headers = (): Record<string, string> => (this.viewer.token === undefined ? {} : bearer(this.viewer.token));
    const openSocket =
      name === "events"
        ? eventsSocket({ headers })
        : name === "polls"
          ? pollSocket({ headers })
          : webEnvironment.openSocket;
    this.viewer = new ChannelViewer(
      edge.channelUrl(channel),
      {
        frame: (frame) => void this.y.push(...[...pointsOf(frame)].map(({ y }) => y)),
        missing: ({ reason }) => void this.missing.push(reason),
        earlier: (left) => void this.earlier.push(left),
        status: (message) => {
          this.statuses.push(message);
          // What was decided between two polls is in the greeting of the next.
          if (message.type === "hello") this.layouts.push(message.arrangement ?? "");
        },
        layout: ({ arrangement }) => void this.layouts.push(arrangement),
        expiring: (inMs) => {
          this.expiringInMs = inMs;
        },
        stateChanged: ({ phase }) => void this.phases.push(phase),
      },
      { environment: { ...webEnvironment, openSocket }, ...options },
    );
    this.viewer.open();
    t.after(() => this.viewer.close());
  }

  async live(): Promise<void> {
    await waitFor("live", () => this.viewer.state.phase === "live");
  }

  async has(count: number): Promise<void> {
    await waitFor(`${count} points`, () => this.y.length >= count);
  }
}

async function send(channel: string, from: number, to: number): Promise<void> {
  for (let y = from; y <= to; y++) await publishJson(edge, channel, { y });
}

const counting = (to: number): number[] => Array.from({ length: to }, (_, i) => i + 1);

for (const name of ["a WebSocket", "events", "polls"]) {
  describe(`by ${name}`, { concurrency: true }, () => {
    test("[PG92a] [TR2k] it is greeted, gets the newest of its tail, hears where the rest is, and then each point once", async (t) => {
      const channel = newChannel();
      await send(channel, 1, 20);
      const watching = new Watching(t, name, channel, { tail: { points: 20, newest: 5 } });
      await watching.live();
      assert.deepEqual(watching.y, counting(20).slice(15));
      const [first] = watching.statuses;
      assert.equal(first?.type, "hello");
      assert.deepEqual(
        watching.earlier.map(({ after, seq }) => [after, seq]),
        [[0, 15]],
      );
      for (const count of [25, 30]) {
        await send(channel, watching.y.length + 16, count);
        await watching.has(count - 15);
      }
      assert.deepEqual(watching.y, counting(30).slice(15));
      assert.deepEqual(watching.missing, []);
      assert.equal(watching.statuses.filter(({ type }) => type === "hello").length, 1);
      assert.equal(watching.viewer.badFrames + watching.viewer.unknownMessages, 0);
      assert.deepEqual(watching.phases, ["live"]);
    });

    test("[PG92a] [VW2a] opened again it goes on at its cursor, with nothing lost or repeated", async (t) => {
      const channel = newChannel();
      await send(channel, 1, 5);
      const watching = new Watching(t, name, channel);
      await watching.has(5);
      watching.viewer.close();
      await send(channel, 6, 9);
      watching.viewer.open();
      await watching.has(9);
      await send(channel, 10, 12);
      await watching.has(12);
      assert.deepEqual(watching.y, counting(12));
      assert.deepEqual(watching.missing, []);
    });

    test("[VW2d] a cursor of another numbering is said to lead nowhere, before what comes instead", async (t) => {
      const channel = newChannel();
      await send(channel, 1, 3);
      const watching = new Watching(t, name, channel, { cursor: { epoch: 7, seq: 9 } });
      await watching.has(3);
      assert.deepEqual([watching.missing, watching.y], [["epoch"], [1, 2, 3]]);
    });

    test("[PG92a] what the channel decides of panels, and how many watch, is heard", async (t) => {
      const channel = newChannel();
      const watching = new Watching(t, name, channel);
      await watching.live();
      const viewer = await openViewer(edge.channelUrl(channel));
      t.after(() => viewer.close());
      const arranged = await post(edge, channel, "panel=a", { "Content-Type": ARRANGEMENT_TYPE, ...bearer(ADMIN) });
      assert.ok(arranged.ok, await arranged.text());
      // What is decided between two polls comes with the answer to the next, which a point ends.
      await waitFor("the arrangement, and two who watch", async () => {
        await send(channel, 1, 1);
        return watching.layouts.includes("panel=a") && (watching.statuses.at(-1)?.viewers ?? 0) >= 2;
      });
    });

    test("[PG92f] [AC10c] in a private channel it is let in by its token, goes on with another, and ends when that is taken back", async (t) => {
      const channel = `private/${newChannel()}`;
      const id = name.replaceAll(" ", "-").toLowerCase();
      const first = await makeToken(
        edge,
        `${id}-1`,
        { [channel]: ["watch", "history"] },
        { expiresAtMs: Date.now() + 10_000 },
      );
      const second = await makeToken(edge, `${id}-2`, { [channel]: ["watch", "history"] });
      await publish(channel, 1);
      const watching = new Watching(t, name, channel, { token: first.token });
      await watching.has(1);
      await waitFor("that it expires", () => watching.expiringInMs !== undefined);
      watching.viewer.renew(second.token);
      await waitFor("the first has expired", () => Date.now() > (first.expiresAtMs ?? 0) + 500);
      await publish(channel, 2);
      await watching.has(2);
      await publish(channel, 3);
      await watching.has(3);
      assert.deepEqual(watching.y, [1, 2, 3]);
      assert.deepEqual(watching.missing, []);
      assert.equal((await revokeToken(edge, second.name)).status, 204);
      await waitFor("the end", () => watching.viewer.state.phase === "refused");
      const { state } = watching.viewer;
      // Between two polls nothing is there that could be closed: the next is refused.
      const reasons = name === "polls" ? ["right", "token"] : ["right"];
      assert.ok(state.phase === "refused" && reasons.includes(state.reason), JSON.stringify(state));
    });
  });
}

async function publish(channel: string, y: number): Promise<void> {
  const response = await fetch(edge.channelUrl(channel), {
    method: "POST",
    headers: bearer(ADMIN),
    body: JSON.stringify({ y }),
  });
  assert.equal(response.status, 200);
}
