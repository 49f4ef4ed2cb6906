import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { readConfigFile } from "../../../../bridge/config/file.ts";

const folder = mkdtempSync(join(tmpdir(), "plotcast-config-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string) {
  const file = join(folder, "plotcast.toml");
  writeFileSync(file, text);
  return readConfigFile(file, {});
}

const SOURCE = '[[source]]\nbind = "tcp://*:5001"\n';

describe("plotcast.toml", () => {
  it("[CF1] is the configuration, with the defaults for what it does not say", () => {
    const { to, spool, sources, ...rest } = read("[[source]]\n");
    assert.equal(to.href, "http://localhost:8787/c/main");
    assert.equal(spool, undefined);
    assert.deepEqual(rest, {
      uplink: "post",
      bufferBytes: 2 ** 26,
      spoolMaxBytes: 2 ** 30,
      metrics: undefined,
      control: [],
      call: [],
      log: undefined,
    });
    assert.deepEqual(sources, [
      {
        name: "main",
        socket: {
          type: "sub",
          bind: ["tcp://127.0.0.1:5000"],
          connect: [],
          topics: [],
          security: { mechanism: "none" },
          highWaterMark: 100_000,
          maxMessageBytes: 2 ** 28,
          heartbeatMs: 0,
        },
        decode: {
          format: "auto",
          preset: undefined,
          frames: undefined,
          topicDelimiter: undefined,
          skipBytes: 0,
          inflate: "auto",
        },
        map: {
          channel: undefined,
          series: undefined,
          time: undefined,
          timeUnit: undefined,
          timeEpoch: undefined,
          numbers: undefined,
          records: undefined,
          fields: undefined,
          maxRate: undefined,
        },
        sequenceField: undefined,
        expectEveryMs: undefined,
      },
    ]);
  });

  it("[CF1] says all of it", () => {
    const { to, sources, ...rest } = read(`
      to = "https://plots.example.org/c/lab/main"
      uplink = "ws"
      buffer = 2097152
      spool = "spool.db"
      spool_max = "2 GiB"
      metrics = 9464
      control = ["tcp://127.0.0.1:5001"]
      call = ["ipc:///tmp/rep"]
      log = "json"
      [[source]]
      name = "a"
      socket = "pull"
      connect = ["tcp://10.0.0.7:1", "ipc:///tmp/x"]
      format = "json"
      preset = "lab"
      frames = ["topic", "payload"]
      topic_delimiter = "|"
      skip_bytes = 8
      inflate = "raw"
      sequence_field = "seq"
      expect_every = "2min"
      channel = "lab/{1}"
      series = "{1}.{field}"
      time = "header.stamp"
      time_unit = "ns"
      time_epoch = "1904"
      fields = ["a.*", "temp=t"]
      max_rate = 100
      high_water_mark = 10
      max_message = "64KiB"
      heartbeat = "none"
      [[source.field]]
      field = "temp.motor"
      as = "motor"
      unit = "°C"
      scale = 0.1
      offset = -40
      kind = "line"
      max_rate = 10.5
      [[source.field]]
      field = "state"
      kind = "step"
      [[source]]
      name = "b"
      bind = "tcp://*:2"
      topics = "temp"
    `);
    assert.equal(to.href, "https://plots.example.org/c/lab/main");
    assert.deepEqual(rest, {
      uplink: "ws",
      bufferBytes: 2 ** 21,
      spool: join(folder, "spool.db"),
      spoolMaxBytes: 2 ** 31,
      metrics: { host: "127.0.0.1", port: 9464 },
      control: ["tcp://127.0.0.1:5001"],
      call: ["ipc:///tmp/rep"],
      log: "json",
    });
    const [a, b] = sources;
    assert.deepEqual(a?.socket, {
      type: "pull",
      bind: [],
      connect: ["tcp://10.0.0.7:1", "ipc:///tmp/x"],
      topics: [],
      security: { mechanism: "none" },
      highWaterMark: 10,
      maxMessageBytes: 65_536,
      heartbeatMs: 0,
    });
    assert.deepEqual(a?.decode, {
      format: "json",
      preset: "lab",
      frames: ["topic", "payload"],
      topicDelimiter: "|",
      skipBytes: 8,
      inflate: "raw",
      csv: { decimalComma: undefined, isTimeGiven: true, isUnitGiven: true },
    });
    assert.deepEqual([a?.sequenceField, a?.expectEveryMs], ["seq", 120_000]);
    const { fields, ...map } = a?.map ?? {};
    assert.deepEqual(map, {
      channel: "lab/{1}",
      series: "{1}.{field}",
      time: "header.stamp",
      timeUnit: "ns",
      timeEpoch: -2_082_844_800,
      numbers: undefined,
      records: undefined,
      maxRate: 100,
    });
    assert.deepEqual(JSON.parse(JSON.stringify(fields)), [
      { field: "temp.motor", as: "motor", unit: "°C", scale: 0.1, offset: -40, kind: "line", maxRate: 10.5 },
      { field: "state", kind: "step" },
      { field: "a.*" },
      { field: "temp", as: "t" },
    ]);
    assert.deepEqual([b?.name, b?.socket.bind, b?.socket.topics], ["b", ["tcp://*:2"], ["temp"]]);
  });

  it("[CF1] has a spool of its own folder, unless that is told otherwise", () => {
    assert.equal(read(`spool = "/var/x.db"\n${SOURCE}`).spool, "/var/x.db");
    assert.equal(read(`spool = "none"\n${SOURCE}`).spool, "none");
  });
});
