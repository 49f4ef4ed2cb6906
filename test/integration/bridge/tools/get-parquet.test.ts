/** `plotcast get --parquet` as its user runs it, with the real Worker; the files are read by another library. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { runCommand } from "../../../support/command.ts";
import { startEdge } from "../../../support/edge.ts";
import { bulkyFrame, frameOf, newChannel, post, publishFrames, read } from "../../../support/publish.ts";

const A = "00000000000000aa";
const edge = await startEdge();
after(() => edge.close());
let directory = "";
before(async () => {
  directory = await mkdtemp(join(tmpdir(), "plotcast-parquet-"));
});
after(() => rm(directory, { recursive: true }));

let files = 0;
const newFile = (): string => join(directory, `${++files}.parquet`);

async function rowsOf(file: string): Promise<Record<string, unknown>[]> {
  return await parquetReadObjects({ file: await asyncBufferFromFile(file) });
}

async function schemaOf(file: string) {
  const { schema } = await parquetMetadataAsync(await asyncBufferFromFile(file));
  return schema.slice(1).map(({ name, type, converted_type = "" }) => [name, type, converted_type].join(" ").trim());
}

test("[GE5] a Parquet file has x, series and y of each point, to the last bit, and the time where x is one", async (t) => {
  const channel = newChannel();
  const url = edge.channelUrl(channel).href;
  const x = 1_796_066_669.123456;
  await post(edge, channel, `[{"x":${x},"temp":21.5,"größe.1":-0},{"x":${x + 1},"temp":0}]`);
  const file = newFile();
  assert.deepEqual(await runCommand(t, ["get", url, "--parquet", file]), { code: 0, stdout: "", stderr: "" });
  assert.deepEqual(await schemaOf(file), [
    "time INT64 TIMESTAMP_MICROS",
    "x DOUBLE",
    "series BYTE_ARRAY UTF8",
    "y DOUBLE",
  ]);
  const rows = await rowsOf(file);
  assert.deepEqual(
    rows.map(({ x, series, y }) => [x, series, y]),
    [
      [x, "temp", 21.5],
      [x, "größe.1", -0],
      [x + 1, "temp", 0],
    ],
  );
  const [first] = rows;
  assert.equal(first?.time instanceof Date ? first.time.getTime() : undefined, 1_796_066_669_123);
});

test("[GE5] x that is no time has no such column, and a file without points has none either", async (t) => {
  const channel = newChannel();
  const url = edge.channelUrl(channel).href;
  await post(edge, channel, '{"x":2,"y":1}');
  const [file, empty] = [newFile(), newFile()];
  assert.equal((await runCommand(t, ["get", url, "--parquet", file])).code, 0);
  assert.deepEqual(await rowsOf(file), [{ x: 2, series: "y", y: 1 }]);
  const none = await runCommand(t, ["get", url, "--series", "none", "--parquet", empty]);
  assert.equal(none.code, 0);
  assert.match(none.stderr, /never had a series called none/);
  assert.deepEqual(await rowsOf(empty), []);
  assert.deepEqual(await schemaOf(empty), ["x DOUBLE", "series BYTE_ARRAY UTF8", "y DOUBLE"]);
});

test("[GE5] --wide has a column for each series and a row for each x; a series called x or time has a name of its own", async (t) => {
  const channel = newChannel();
  const x = 1_796_066_669.5;
  await publishFrames(edge, channel, frameOf(A, 1, [1, 2], x + 1, "cell.1"));
  await publishFrames(edge, channel, frameOf(A, 2, [3], x, "x"));
  await publishFrames(edge, channel, frameOf(A, 3, [4], x, "time"));
  await publishFrames(edge, channel, frameOf(A, 4, [5], x, "time_"));
  const file = newFile();
  const { code } = await runCommand(t, ["get", edge.channelUrl(channel).href, "--wide", "--parquet", file]);
  assert.equal(code, 0);
  const rows = await rowsOf(file);
  assert.deepEqual(Object.keys(rows[0] ?? {}), ["time", "x", "cell.1", "x_", "time__", "time_"]);
  assert.deepEqual(
    rows.map(({ time: _, ...row }) => Object.values(row)),
    [[x, null, 3, 4, 5], ...(await wideRows(channel)).map(({ x, y }) => [x, y, null, null, null])],
  );
});

/** The points of cell.1, as the channel has them. */
async function wideRows(channel: string): Promise<{ x: number; y: number }[]> {
  const response = await read(edge, channel, "application/json", "?series=cell.1");
  return JSON.parse(await response.text());
}

test("[GE5] many points are written in row groups, and all of them are there", async (t) => {
  const channel = newChannel();
  for (let n = 1; n <= 20; n++) await publishFrames(edge, channel, bulkyFrame(A, n, 8000));
  const file = newFile();
  assert.equal((await runCommand(t, ["get", edge.channelUrl(channel).href, "--parquet", file])).code, 0);
  const metadata = await parquetMetadataAsync(await asyncBufferFromFile(file));
  assert.deepEqual(
    metadata.row_groups.map(({ num_rows }) => Number(num_rows)),
    [65_536, 65_536, 28_928],
  );
  const own: { x: number; y: number }[] = JSON.parse(await (await read(edge, channel, "application/json")).text());
  const rows = await rowsOf(file);
  assert.deepEqual(
    rows.map(({ x, y }) => [x, y]),
    own.map(({ x, y }) => [x, y]),
  );
});

test("[GE5] a file that is there is left alone without --overwrite; one that would not be whole is not there", async (t) => {
  const channel = newChannel();
  const url = edge.channelUrl(channel).href;
  await post(edge, channel, '{"x":2,"y":1}');
  const file = newFile();
  await writeFile(file, "mine");
  const refused = await runCommand(t, ["get", url, "--parquet", file]);
  assert.deepEqual(refused, {
    ...{ code: 1, stdout: "" },
    stderr: `${file} is there already. Give another name, or --overwrite.\n`,
  });
  assert.equal((await runCommand(t, ["get", url, "--parquet", file, "--overwrite"])).code, 0);
  assert.equal((await rowsOf(file)).length, 1);
  const before = await readdir(directory);
  const nobody = await runCommand(t, ["get", "http://127.0.0.1:1/c/main", "--parquet", newFile()]);
  assert.equal(nobody.code, 1);
  const nowhere = await runCommand(t, ["get", url, "--parquet", join(directory, "none", "a.parquet")]);
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /a\.parquet cannot be written: .*ENOENT/);
  assert.deepEqual(await readdir(directory), before);
  assert.equal((await runCommand(t, ["get", url, "--json", "--parquet", newFile()])).code, 2);
});
