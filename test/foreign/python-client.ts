/**
 * clients/python/plotcast.py as Debian's Python runs it, against the real Worker. Not part of `npm test`, which needs nothing but
 * npm: `npm run test:foreign`.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { after, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { viewOf } from "../../protocol/frame/header.ts";
import { isObject } from "../../protocol/json/json.ts";
import { TcpRelay } from "../browser/tcp-relay.ts";
import { startEdge } from "../support/edge.ts";
import { ADMIN, bearer } from "../support/named-tokens.ts";
import { frameOf, frameOfRows, newChannel, post, publishFrames, rowOf, storedPoints } from "../support/publish.ts";
import { waitFor, withDeadline } from "../support/wait.ts";

const A = "00000000000000aa";
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const edge = await startEdge({ vars: { WATCH: "lab/**=token", ADMIN_TOKEN: ADMIN } });
after(() => edge.close());

const SUBSCRIBE = `
import json, logging, sys, plotcast
logging.basicConfig(format="%(message)s")
url, options = sys.argv[1], json.loads(sys.argv[2])
def show(*what): print(json.dumps(what), flush=True)
`;
/** Every row as it comes. */
const ROWS = `${SUBSCRIBE}
rows = plotcast.subscribe(url, **options)
for row in rows: show(*row, rows.cursor)
`;
/** Without it numpy is as if it were not installed. */
const NO_NUMPY = 'import sys; sys.modules["numpy"] = None\n';

interface Running {
  /** What it printed, each line as JSON. */
  shown: unknown[];
  errors: () => string;
  child: ChildProcess;
  /** Its exit code, once it has ended. */
  ended: Promise<unknown>;
}

function python(t: TestContext, code: string, ...args: string[]): Running {
  const env = { PATH: process.env.PATH, PYTHONPATH: `${ROOT}clients/python`, PYTHONDONTWRITEBYTECODE: "1" };
  const child = spawn("/usr/bin/python3", ["-c", code, ...args], { cwd: ROOT, env });
  t.after(() => child.kill("SIGKILL"));
  const shown: unknown[] = [];
  let rest = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    shown.push(...parts.map((part): unknown => JSON.parse(part)));
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ended = once(child, "close").then(([exit]: unknown[]) => exit);
  return { shown, errors: () => errors, child, ended };
}

/** What a program printed that ended well. */
async function outputOf(t: TestContext, code: string, ...args: string[]): Promise<unknown[]> {
  const { shown, ended, errors } = python(t, code, ...args);
  assert.equal(await withDeadline("the end of Python", ended), 0, errors());
  return shown;
}

/** Another server than the Worker. @returns the URL of a channel of its */
async function serve(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer);
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  assert.ok(isObject(address));
  return `http://127.0.0.1:${String(address.port)}/c/main`;
}

async function shownBy(running: Running, count: number): Promise<unknown[]> {
  return await waitFor(`${count} lines of Python`, () => running.shown.length >= count && running.shown, {
    deadlineMs: 15_000,
  }).catch((error: unknown) => assert.fail(`${String(error)}\n${JSON.stringify(running.shown)}\n${running.errors()}`));
}

const withOptions = (options: object): string => JSON.stringify(options);
const numberOf = (cursor: unknown): number => Number(String(cursor).split(":")[1]);

for (const [how, before] of [
  ["numpy", "import numpy\n"],
  ["the standard library alone", NO_NUMPY],
] as const) {
  test(`[PY1] frames of the test vectors have the same points by ${how}`, async (t) => {
    if (how === "numpy" && (await python(t, before).ended) !== 0) return t.skip("numpy is not installed");
    const code = `${before}
import json, math, plotcast
for vector in json.load(open("test/vectors/frames.json")):
    parts = [bytes.fromhex(p) if isinstance(p, str) else bytes.fromhex(p[0]) * p[1] for p in vector["hex"]]
    if "points" not in vector: continue
    frame = plotcast._Frame(b"".join(parts))
    everything = lambda name: True
    points = [[*p][: 3 if p.text is None else 4] for _, p in plotcast._points_of(frame, everything, 0)]
    rows = [(s, x, y) for _, (x, values) in plotcast._rows_of(frame, everything, 0) for s, y in values.items()]
    columns = [(s, x, y) for _, c in plotcast._columns_of(frame, everything, 0)
               for i, x in enumerate(c.x.tolist()) for s, column in c.values.items()
               for y in [column.tolist()[i]] if not math.isnan(y)]
    theirs = [tuple(p[:3]) for p in vector["points"]]
    print(json.dumps([vector["name"], points == vector["points"], rows == theirs, columns == theirs]))
`;
    const shown = await outputOf(t, code);
    assert.ok(shown.length > 10, `${shown.length}`);
    for (const line of shown) assert.deepEqual(Array.isArray(line) && line.slice(1), [true, true, true], String(line));
  });

  test(`[PY1] rows come as they are published, once and in order, by ${how}`, async (t) => {
    if (how === "numpy" && (await python(t, before).ended) !== 0) return t.skip("numpy is not installed");
    const channel = newChannel();
    await publishFrames(edge, channel, frameOfRows(A, 1, [rowOf(1, { temp: 21.5, hum: 40 })]));
    const rows = python(t, before + ROWS, edge.channelUrl(channel).href, withOptions({}));
    await shownBy(rows, 1);
    for (let n = 2; n <= 50; n++) await publishFrames(edge, channel, frameOfRows(A, n, [rowOf(n, { temp: n })]));
    const shown = await shownBy(rows, 50);
    assert.deepEqual(
      shown.map((line) => Array.isArray(line) && line.slice(0, 2)),
      [[1, { temp: 21.5, hum: 40 }], ...Array.from({ length: 49 }, (_, i) => [i + 2, { temp: i + 2 }])],
    );
    assert.deepEqual(
      shown.map((line) => numberOf(Array.isArray(line) && line[2])),
      Array.from({ length: 50 }, (_, i) => i + 2),
    );
    assert.equal(rows.errors(), "");
  });
}

test("[PY1] Python 3.9 can read it", async (t) => {
  await outputOf(t, 'import ast; ast.parse(open("clients/python/plotcast.py").read(), feature_version=(3, 9))');
});

test("[PY1] points and columns, of series that are picked, from a cursor, with what values are called", async (t) => {
  const channel = newChannel();
  const url = edge.channelUrl(channel).href;
  await publishFrames(
    edge,
    channel,
    frameOfRows(A, 1, [rowOf(1, { "cell.1": 3, other: 5 }), rowOf(2, { "cell.1": 4, other: 6 })]),
  );
  await publishFrames(
    edge,
    channel,
    frameOfRows(A, 2, [
      { ...rowOf(3, { "cell.2": 1 }), marks: [{ series: "cell.2", style: "step", value: 1, text: "on" }] },
    ]),
  );
  const code = `${SUBSCRIBE}
import itertools
first = lambda them, count: list(itertools.islice(them, count))
show(*first(plotcast.subscribe_points(url, series="cell.*"), 3))
show(*[[c.x.tolist(), {s: v.tolist() for s, v in c.values.items()}] for c in first(plotcast.subscribe_columns(url), 2)])
rows = plotcast.subscribe(url)
next(rows)
after = rows.cursor
show(*first(plotcast.subscribe(url, cursor=after, series=["cell.2", "other"]), 2))
# A cursor inside a row: what of it was there is not there again.
show(*first(plotcast.subscribe_points(url, cursor=after.split(":")[0] + ":3"), 2))
last = first(plotcast.subscribe(url), 3)[2]
show(last.x, last.values, last.texts)
`;
  assert.deepEqual(await outputOf(t, code, url, withOptions({})), [
    [
      ["cell.1", 1, 3, null],
      ["cell.1", 2, 4, null],
      ["cell.2", 3, 1, "on"],
    ],
    [
      [[1, 2], { "cell.1": [3, 4], other: [5, 6] }],
      [[3], { "cell.2": [1] }],
    ],
    [
      [2, { other: 6 }],
      [3, { "cell.2": 1 }],
    ],
    [
      ["other", 2, 6, null],
      ["cell.2", 3, 1, "on"],
    ],
    [3, { "cell.2": 1 }, { "cell.2": "on" }],
  ]);
});

test("[PY2] after a cut line it comes back where it was: nothing is missing, nothing comes twice", async (t) => {
  const channel = newChannel();
  const relay = await TcpRelay.to(t, edge.url);
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  const rows = python(t, ROWS, new URL(`/c/${channel}`, relay.url).href, withOptions({ gaps: true }));
  await shownBy(rows, 1);
  for (let round = 0; round < 3; round++) {
    relay.cut();
    for (let n = 0; n < 5; n++) await publishFrames(edge, channel, frameOf(A, 2 + round * 5 + n, [2 + round * 5 + n]));
    relay.mend();
    await shownBy(rows, 6 + round * 5);
  }
  assert.deepEqual(
    rows.shown.map((line) => Array.isArray(line) && line[1]),
    Array.from({ length: 16 }, (_, i) => ({ y: i + 1 })),
  );
});

test("[PY2] a line on which nothing comes is left, and another opened at the cursor", async (t) => {
  const asked: IncomingMessage[] = [];
  const url = await serve(t, (request, response) => {
    asked.push(request);
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write("retry: 10\n\nid: 7:4711\nevent: live\ndata: {}\n\n");
  });
  python(t, ROWS, url, withOptions({ idle_seconds: 0.3 }));
  await waitFor("a second connection", () => asked.length >= 2);
  assert.deepEqual(
    asked.slice(0, 2).map(({ url, headers }) => [url, headers["last-event-id"], headers.accept]),
    [
      ["/c/main?frames=1&points=100", undefined, "text/event-stream"],
      ["/c/main?frames=1", "7:4711", "text/event-stream"],
    ],
  );
});

test("[PY3] what is missing is a Gap, or else a warning", async (t) => {
  const channel = newChannel();
  const url = edge.channelUrl(channel).href;
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  const told = python(t, ROWS, url, withOptions({ gaps: true }));
  const warned = python(t, ROWS, url, withOptions({}));
  await Promise.all([shownBy(told, 1), shownBy(warned, 1)]);
  assert.equal((await fetch(url, { method: "DELETE", headers: bearer(ADMIN) })).status, 204);
  await publishFrames(edge, channel, frameOf(A, 2, [2]));
  await Promise.all([shownBy(told, 3), shownBy(warned, 2)]);
  assert.deepEqual(
    told.shown.map((line) => Array.isArray(line) && line.slice(0, -1)),
    [
      [0, { y: 1 }],
      ["epoch", null, ""],
      [0, { y: 2 }],
    ],
  );
  assert.equal(warned.errors(), `some points of ${url} are missing: epoch.\n`);
});

test("[PY1] not so many points as come: peaks and the last; an older server that does not know that sends all", async (t) => {
  const channel = newChannel();
  const rows = python(t, ROWS, edge.channelUrl(channel).href, withOptions({ max_rate: 1, series: "y", gaps: true }));
  await publishFrames(edge, channel, frameOf(A, 1, [0]));
  await shownBy(rows, 1);
  for (let n = 2; n <= 40; n++) await publishFrames(edge, channel, frameOf(A, n, [n === 17 ? 1000 : n]));
  const seen = await waitFor("the last", () => {
    const ys = rows.shown.map((row) => (Array.isArray(row) && isObject(row[1]) ? row[1].y : row));
    return ys.at(-1) === 40 && ys;
  });
  assert.ok(seen.includes(1000) && seen.length < 20, JSON.stringify(seen));

  const asked: string[] = [];
  const older = await serve(t, ({ url = "" }, response) => {
    asked.push(url);
    if (url.includes("max_rate") || url.includes("series")) {
      response.writeHead(400, { "Content-Type": "application/problem+json" });
      response.end('{"code":"query-invalid","detail":"not known"}');
      return;
    }
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    const frame = Buffer.from(frameOfRows(A, 1, [rowOf(1, { y: 7, z: 8 })])).toString("base64");
    response.write(`id: 1:2\nevent: frames\ndata: ${frame}\n\n`);
  });
  const all = python(t, ROWS, older, withOptions({ max_rate: 10, series: "y" }));
  assert.deepEqual((await shownBy(all, 1))[0], [1, { y: 7 }, "0:0"]);
  assert.deepEqual(
    asked.map((url) => url.replace(/^.*frames=1/, "")),
    ["&points=100&series=y&max_rate=10", "&points=100&series=y", "&points=100"],
  );
});

test("[PY3] what a publisher reports as lost is a Gap, of the series that are picked alone", async (t) => {
  const channel = newChannel();
  const url = edge.channelUrl(channel).href;
  // Of its five points three are dropped while nothing can be sent.
  const relay = await TcpRelay.to(t, edge.url);
  relay.cut();
  const publishing = python(
    t,
    `${SUBSCRIBE}
publisher = plotcast.Publisher(url, options["token"], max_waiting=2, batch_seconds=3600)
for y in range(5): publisher.add({"y": y}, x=y)
show(publisher.dropped)
sys.stdin.readline()
publisher.flush()
show(publisher.close())
`,
    new URL(`/c/${channel}`, relay.url).href,
    withOptions({ token: edge.token }),
  );
  assert.deepEqual(await shownBy(publishing, 1), [[3]]);
  relay.mend();
  publishing.child.stdin?.end("\n");
  assert.equal(await withDeadline("the end", publishing.ended), 0, publishing.errors());
  assert.deepEqual(publishing.shown, [[3], [0]]);
  assert.match(publishing.errors(), /Too many points wait/);
  const rows = python(t, ROWS, url, withOptions({ gaps: true }));
  assert.deepEqual(
    (await shownBy(rows, 3)).map((line) => Array.isArray(line) && line.slice(0, -1)),
    [
      ["publisher-full", 3, ""],
      [3, { y: 3 }],
      [4, { y: 4 }],
    ],
  );
});

/** A frame as a channel sends it. */
function numbered(seq: number, epoch: number, ys: readonly number[]): Uint8Array {
  const frame = frameOf(A, 1, ys);
  const view = viewOf(frame);
  view.setBigUint64(24, BigInt(seq), true);
  view.setBigUint64(32, BigInt(epoch), true);
  return frame;
}

test("[PY3] holes between frames show of themselves; what came before, and what cannot be read, is passed over", async (t) => {
  const broken = numbered(5, 7, [5]);
  broken.fill(255, 64);
  const frames = [
    numbered(2, 7, [1, 2]),
    numbered(2, 7, [1, 2]),
    numbered(3, 7, [2, 3]),
    broken,
    numbered(6, 7, [6]),
    numbered(9, 8, [9]),
  ];
  const events = frames.map((frame) => `event: frames\ndata: ${Buffer.from(frame).toString("base64")}\n\n`);
  const url = await serve(t, (_, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(`: a comment\n\n${events.join("")}id: 8:12\nevent: live\ndata: {}\n\n`);
  });
  const rows = python(t, ROWS, url, withOptions({ gaps: true }));
  assert.deepEqual(
    (await shownBy(rows, 8)).map((line) => Array.isArray(line) && line.slice(0, -1)),
    [
      [0, { y: 1 }],
      [1, { y: 2 }],
      [1, { y: 3 }],
      ["hole", 2, ""],
      [0, { y: 6 }],
      ["epoch", null, ""],
      [0, { y: 9 }],
      ["hole", 3, ""],
    ],
  );
  assert.match(rows.errors(), /^A frame of .* cannot be read: .*\.\n$/);
});

test("[PY4] a token may be a function, which is asked for each connection; when it counts no more, that is Refused", async (t) => {
  const asked: unknown[] = [];
  const url = await serve(t, ({ headers }, response) => {
    asked.push(headers.authorization);
    if (asked.length > 2) {
      response.writeHead(401, { "Content-Type": "application/problem+json" });
      response.end('{"code":"token-expired","detail":"The token has expired. Ask for another."}');
      return;
    }
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.end("retry: 1\n\nid: 7:1\nevent: live\ndata: {}\n\n");
  });
  const code = `${SUBSCRIBE}
import itertools
tokens = map(str, itertools.count(1))
try: next(plotcast.subscribe(url, token=lambda: next(tokens)))
except plotcast.Refused as refused: show(refused.status, refused.code, str(refused))
`;
  assert.deepEqual(await outputOf(t, code, url, withOptions({})), [
    [401, "token-expired", "The token has expired. Ask for another."],
  ]);
  assert.deepEqual(asked, ["Bearer 1", "Bearer 2", "Bearer 3"]);
});

const REFUSED = `${SUBSCRIBE}
try:
    for row in plotcast.subscribe(url, **options):
        show(*row)
        break
except plotcast.Refused as refused: show(refused.status, refused.code, str(refused))
`;

test("[PY4] a private channel is watched with a token, also that of a link; without one it is Refused, with the sentence", async (t) => {
  const url = edge.channelUrl("lab/private").href;
  assert.equal((await post(edge, "lab/private", '{"x":1,"y":2}')).status, 200);
  const token = ADMIN;
  assert.deepEqual(await outputOf(t, REFUSED, url, withOptions({ token })), [[1, { y: 2 }]]);
  assert.deepEqual(await outputOf(t, REFUSED, `${url}#token=${token}`, withOptions({})), [[1, { y: 2 }]]);
  for (const given of [undefined, "wrong"]) {
    const headers = { Accept: "text/event-stream", ...(given && { Authorization: `Bearer ${given}` }) };
    const response = await fetch(url, { headers });
    const problem: unknown = await response.json();
    assert.ok(isObject(problem));
    assert.deepEqual(await outputOf(t, REFUSED, url, withOptions({ token: given })), [
      [response.status, problem.code, problem.detail],
    ]);
  }
});

test("[PY4] what is no channel of Plotcast is Refused, with a sentence", async (t) => {
  const url = await serve(t, (_, response) => response.writeHead(200, { "Content-Type": "text/html" }).end("<p>"));
  assert.deepEqual(await outputOf(t, REFUSED, url, withOptions({})), [
    [
      200,
      null,
      `${url} answered with text/html, not with events. A channel's URL is such as https://board.example/c/main.`,
    ],
  ]);
});

test("[PY5] publish takes what a channel takes as JSON, and says what was left out", async (t) => {
  const channel = newChannel();
  const code = `${SUBSCRIBE}
answer = plotcast.publish(url, options["token"], {"t": 5, "temp": 21.5, "state": "on"})
show(answer["points"], answer["leftOut"])
try: plotcast.publish(url, "wrong", 1)
except plotcast.Refused as refused: show(refused.status, refused.code)
try: plotcast.publish("http://127.0.0.1:1/c/main", "x", 1, timeout=1.5)
except ConnectionError as error: show(str(error).split(":")[0])
`;
  const { shown, ended, errors } = python(t, code, edge.channelUrl(channel).href, withOptions({ token: edge.token }));
  assert.equal(await withDeadline("the end", ended), 0, errors());
  assert.deepEqual(shown.slice(0, 2), [
    [1, { text: 1 }],
    [401, "token-wrong"],
  ]);
  assert.equal(shown.length, 3);
  assert.match(errors(), /left out of what was published: 1 text\.\n/);
  assert.deepEqual(await storedPoints(edge, channel), [{ series: "temp", x: 5, y: 21.5 }]);
});

/** Passes on what it is sent; the first so many answers are lost. */
async function losingAnswers(
  t: TestContext,
  channel: string,
  count: number,
): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const url = await serve(t, (request, response) => {
    const isLost = ++asked <= count;
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const { authorization = "", "content-type": type = "" } = request.headers;
      const headers = { Authorization: authorization, "Content-Type": type };
      const real = await fetch(edge.channelUrl(channel), { method: "POST", headers, body: Buffer.concat(chunks) });
      const text = await real.text();
      if (isLost) response.destroy();
      else response.writeHead(real.status, { "Content-Type": real.headers.get("Content-Type") ?? "" }).end(text);
    });
  });
  return { url, asked: () => asked };
}

test("[PY5] publish does not send again what may have been taken", async (t) => {
  const channel = newChannel();
  const { url, asked } = await losingAnswers(t, channel, 1);
  const code = `${SUBSCRIBE}
try: plotcast.publish(url, options["token"], {"x": 1, "y": 2})
except plotcast.InDoubt as doubt: show("in doubt")
`;
  const options = withOptions({ token: edge.token });
  assert.deepEqual(await outputOf(t, code, url, options), [["in doubt"]]);
  assert.equal(asked(), 1);
  assert.equal((await storedPoints(edge, channel)).length, 1);
});

test("[PY6] a Publisher's points are stored once, though answers are lost", async (t) => {
  const channel = newChannel();
  const { url, asked } = await losingAnswers(t, channel, 2);
  const code = `${SUBSCRIBE}
with plotcast.Publisher(url, options["token"], batch_points=400) as publisher:
    for n in range(1000): publisher.add({"a": n, "b": -n} if n % 3 else {"a": n}, x=n)
    publisher.flush()
    show(publisher.answer["points"] > 0, publisher.dropped, dict(publisher.left_out))
`;
  const options = withOptions({ token: edge.token });
  assert.deepEqual(await outputOf(t, code, url, options), [[true, 0, {}]]);
  assert.ok(asked() >= 5, `${asked()}`);
  const expected = Array.from({ length: 1000 }, (_, n) => [
    { series: "a", x: n, y: n },
    ...(n % 3 ? [{ series: "b", x: n, y: -n }] : []),
  ]).flat();
  assert.deepEqual(await storedPoints(edge, channel), expected);
});

test("[PY6] a row of many series with long names goes through, and so do missing values", async (t) => {
  const channel = newChannel();
  const code = `${SUBSCRIBE}
with plotcast.Publisher(url, options["token"]) as publisher:
    for x in range(3): publisher.add({"é" * 120 + str(n): n if x != 1 else None for n in range(600)}, x=x)
`;
  const url = edge.channelUrl(channel).href;
  await outputOf(t, code, url, withOptions({ token: edge.token }));
  const points = await storedPoints(edge, channel);
  assert.equal(points.length, 1200);
  assert.deepEqual(points.at(-1), { series: `${"é".repeat(120)}599`, x: 2, y: 599 });
});

test("[PY7] what is no number is left out and counted; a refusal is raised at whoever adds", async (t) => {
  const code = `${SUBSCRIBE}
import datetime, decimal
publisher = plotcast.Publisher(url, options["token"])
publisher.add({"a": "text", "b": True, "c": float("inf"), "bad\\n": 1, "d": 2, "e": decimal.Decimal("1.5")},
              x=datetime.datetime(2026, 11, 30, tzinfo=datetime.timezone.utc))
publisher.add({"d": 3}, x=float("nan"))
publisher.flush()
show(dict(publisher.left_out))
refused = plotcast.Publisher(url, "wrong")
refused.add({"y": 1})
for raising in (refused.flush, lambda: refused.add({"y": 1}), refused.close):
    try: raising()
    except plotcast.Refused as error: show(error.status, error.code)
`;
  const channel = newChannel();
  const shown = await outputOf(t, code, edge.channelUrl(channel).href, withOptions({ token: edge.token }));
  assert.deepEqual(shown, [
    [{ text: 1, boolean: 1, "not-finite": 1, "name-invalid": 1, "time-unreadable": 1 }],
    [401, "token-wrong"],
    [401, "token-wrong"],
    [401, "token-wrong"],
  ]);
  assert.deepEqual(await storedPoints(edge, channel), [
    { series: "d", x: Date.UTC(2026, 10, 30) / 1000, y: 2 },
    { series: "e", x: Date.UTC(2026, 10, 30) / 1000, y: 1.5 },
  ]);
});

test("[PY7] it waits as long as Retry-After says, and a program that just ends sends what waits", async (t) => {
  let asked = 0;
  const url = await serve(t, (request, response) => {
    asked++;
    request.resume().on("end", () => {
      if (asked > 1) {
        response.writeHead(200, { "Content-Type": "application/json" }).end('{"seq":1,"points":1,"viewers":0}');
        return;
      }
      const headers = { "Content-Type": "application/problem+json", "Retry-After": "7" };
      response.writeHead(429, headers).end('{"code":"quota-exceeded","detail":"Come later."}');
    });
  });
  const code = `${SUBSCRIBE}
plotcast._Outage.wait = lambda outage, why, base, most, not_before: show(why, not_before)
plotcast.Publisher(url, "t").add({"y": 1})
`;
  const shown = await outputOf(t, code, url, withOptions({}));
  assert.deepEqual(shown, [["Come later.", 7]]);
  assert.equal(asked, 2);
});
