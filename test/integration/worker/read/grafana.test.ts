/** What Grafana's data sources ask for, byte for byte, and what they can do with the answers: docs/GRAFANA.md. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startEdge } from "../../../support/edge.ts";
import { askAsInfinity, dashboardQueries, interpolated } from "../../../support/grafana.ts";
import { ADMIN } from "../../../support/named-tokens.ts";
import { newChannel, post } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";
import { waitFor } from "../../../support/wait.ts";

const edge = await startEdge({ vars: { WATCH: "lab/**=token", ADMIN_TOKEN: ADMIN } });
after(() => edge.close());
const FROM_MS = 1_796_066_600_000;
const TO_MS = 1_796_066_700_000;
const POINTS = '[{"x":1796066660.25,"cell.1":1.5,"y":2},{"x":1796066669.75,"cell.1":3},{"x":1796060000,"cell.1":9}]';

const filledFor = (channel: string, series: string) => (template: string) =>
  interpolated(template, { channel, series }, FROM_MS, TO_MS);

test("[RT5n] [RT5o] Infinity gets the points of the dashboard's range as JSON and as CSV, whatever else it accepts", async () => {
  const channel = newChannel();
  assert.equal((await post(edge, channel, POINTS)).status, 200);
  const [json, csv] = await dashboardQueries();
  assert.ok(json !== undefined && csv !== undefined);
  const first = await askAsInfinity(edge.url, json, filledFor(channel, "*"));
  assert.match(first.head, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(first.head, /^content-type: application\/json/im);
  assert.deepEqual(JSON.parse(first.body), [
    { series: "cell.1", x: 1796066660.25, y: 1.5 },
    { x: 1796066660.25, y: 2 },
    { series: "cell.1", x: 1796066669.75, y: 3 },
  ]);
  const second = await askAsInfinity(edge.url, csv, filledFor(channel, "cell.*"));
  assert.match(second.head, /^content-type: text\/csv/im);
  assert.equal(second.body, "x,series,y\r\n1796066660.25,cell.1,1.5\r\n1796066669.75,cell.1,3\r\n");
});

test("[RT5b] [RT5d] an answer without points is no empty body, which Infinity takes for a fault", async () => {
  const [json, csv] = await dashboardQueries();
  assert.ok(json !== undefined && csv !== undefined);
  const channel = newChannel();
  assert.deepEqual(JSON.parse((await askAsInfinity(edge.url, json, filledFor(channel, "*"))).body), []);
  assert.equal((await askAsInfinity(edge.url, csv, filledFor(channel, "*"))).body, "x,series,y\r\n");
});

test("[AC4a] a private channel is read with the data source's bearer token alone", async () => {
  assert.equal((await post(edge, "lab/grafana", POINTS, { Authorization: `Bearer ${ADMIN}` })).status, 200);
  const [json] = await dashboardQueries();
  assert.ok(json !== undefined);
  const stranger = await askAsInfinity(edge.url, json, filledFor("lab/grafana", "*"));
  assert.match(stranger.head, /^HTTP\/1\.1 404 /);
  const known = await askAsInfinity(edge.url, json, filledFor("lab/grafana", "*"), ADMIN);
  assert.equal(JSON.parse(known.body).length, 3);
});

test("[VW5a] the WebSocket API data source gets one point of JSON a message, with x in seconds", async (t) => {
  const channel = newChannel();
  await post(edge, channel, POINTS);
  // gorilla's dialer sends neither an Origin nor a subprotocol; query parameters are those of the data source.
  const viewer = await openViewer(new URL("?series=cell.1", edge.channelUrl(channel)));
  t.after(() => viewer.close());
  await waitFor("the stored points", () => viewer.messages.length === 3);
  const points = viewer.messages.map((message): { x: unknown; y: unknown } => JSON.parse(String(message)));
  assert.deepEqual(
    points.map(({ x, y }) => [x, y]),
    [
      [1796066660.25, 1.5],
      [1796066669.75, 3],
      [1796060000, 9],
    ],
  );
});
