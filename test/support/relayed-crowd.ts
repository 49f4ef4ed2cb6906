/** A channel of which most viewers are served by a relay. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Edge } from "./edge.ts";
import { startEdge } from "./edge.ts";
import { frameOf, newChannel, publishFrames } from "./publish.ts";
import { Watcher } from "./watcher.ts";

const A = "00000000000000aa";

/** So many viewers the channel has itself, in {@link startRelayedEdge}. */
export const RELAY_AFTER = 1;

/** An edge whose objects can be reset, and whose channels serve one viewer each themselves. */
export async function startRelayedEdge(vars: Record<string, string> = {}): Promise<Edge> {
  const main = fileURLToPath(new URL("./reset-worker.js", import.meta.url));
  return await startEdge({ main, vars: { RELAY_AFTER: String(RELAY_AFTER), RELAY_VIEWERS: "100", ...vars } });
}

/** Takes memory and sockets from an object, as the platform does. */
export async function resetObject(edge: Edge, binding: "CHANNEL" | "RELAY", name: string): Promise<void> {
  const { status } = await fetch(new URL(`/reset?${new URLSearchParams({ binding, name })}`, edge.url));
  assert.equal(status, 204);
}

/** The name of the relay that viewers of a test get. */
export function relayOf(channel: string, number = 1): string {
  return `${channel}#enam-${number}`;
}

/** A channel with one point, and so many viewers that are live: the first is the channel's own. */
export async function crowd(edge: Edge, count: number): Promise<{ channel: string; watchers: Watcher[] }> {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  const watchers: Watcher[] = [];
  for (let i = 0; i < count; i++) watchers.push(await (await Watcher.open(edge, channel)).live());
  return { channel, watchers };
}

/** All of them leave. */
export async function closeAll(watchers: readonly Watcher[]): Promise<void> {
  await Promise.all(watchers.map((each) => each.close()));
}
