import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { LineFormatName } from "../../../../../bridge/decode/lines/line-format.ts";
import { lineFormatOf, recordsOf } from "../../../../../bridge/decode/lines/lines.ts";
import { type DataRecord, DecodeError } from "../../../../../bridge/decode/message.ts";
import type { LeftOut } from "../../../../../bridge/observability/left-out.ts";

function read(format: LineFormatName, text: string): { records: unknown; leftOut: LeftOut[] } | string {
  const leftOut: LeftOut[] = [];
  try {
    const records = recordsOf(format, text, "", (part) => leftOut.push(part));
    return { records: records.map(plain), leftOut };
  } catch (error) {
    if (error instanceof DecodeError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** With the fields as an object that can be compared. */
function plain({ time, fields }: DataRecord): unknown {
  return time === undefined ? { ...fields } : { time, ...fields };
}

const FORMATS = ["nmea", "statsd", "name-value", "teleplot", "influx", "graphite", "prometheus"] as const;

describe("what text is taken for", () => {
  const CASES: readonly [string, LineFormatName | undefined][] = [
    ["temp:21.5", "name-value"],
    ["temp = 21.5", "name-value"],
    ["a:1\tb:2", "name-value"],
    ["a:1\nb:2\r\nc:3", "name-value"],
    ["Temp (°C): 21.5", "name-value"],
    [">temp:21.5", "teleplot"],
    ["a:1795874400500:2|g", "teleplot"],
    ["temp:21.5|g", "statsd"],
    ["temp:+4|g", "statsd"],
    ["weather temp=1", "influx"],
    ["weather,room=a temp=1 1795874400", "influx"],
    ["a.b 1 1795874400", "graphite"],
    ['t{room="a"} 21.5', "prometheus"],
    ['# TYPE t gauge\nt{room="a"} 21.5', "prometheus"],
    ["$GPGSV,2,1*00", "nmea"],
    ["", undefined],
    ["# nothing but a comment", undefined],
    ["12:30:01", undefined],
    ["2026-11-28", undefined],
    ["temp 21.5 55", undefined],
    ["key:value", undefined],
    ["state=open", undefined],
    ["http://a.example:80", undefined],
    ["temp=21.5C", undefined],
    ["a=1,5;b=2", undefined],
    ["a:1\nnothing", undefined],
    ["C:\\temp", undefined],
    ["lorem ipsum: dolor sit 5", undefined],
  ];
  for (const [text, format] of CASES) {
    it(`[FM11a] [FM11b] ${JSON.stringify(text)} is ${format ?? "none of these"}`, () => {
      assert.equal(lineFormatOf(text), format);
    });
  }

  it("[FM11b] twenty lines decide, and the last of a part is not looked at", () => {
    const lines = Array.from({ length: 30 }, (_, i) => `a:${i}`);
    assert.equal(lineFormatOf([...lines.slice(0, 19), "prose", ...lines].join("\n")), undefined);
    assert.equal(lineFormatOf([...lines.slice(0, 20), "prose", ...lines].join("\n")), "name-value");
    assert.equal(lineFormatOf(`${"a:1\n".repeat(1023)}a:${"1".repeat(100)}`), "name-value");
  });
});

describe("what lines say", () => {
  const CASES: readonly [LineFormatName, string, unknown[]][] = [
    ["name-value", "t:21.5,h:55", [{ t: 21.5, h: 55 }]],
    ["name-value", "ts=1795874400 h=55", [{ time: 1795874400, h: 55 }]],
    ["name-value", "time:2026-11-28T13:37:00.5Z;h:55", [{ time: "2026-11-28T13:37:00.5Z", h: 55 }]],
    ["name-value", 'level=info temp=20.5 msg="a b, c=d"', [{ level: "info", temp: 20.5, msg: "a b, c=d" }]],
    ["name-value", "a:1,a:2,a:3", [{ a: 1, "a.2": 2, "a.3": 3 }]],
    ["name-value", "a:nan,b:-,c:1", [{ a: null, b: null, c: 1 }]],
    ["name-value", "a:.5e-3\tb:+1.", [{ a: 0.0005, b: 1 }]],
    [
      "teleplot",
      ">a:1795874400500:2;1795874401000:3§m/s|g",
      [
        { time: 1795874400500, "a [m/s]": 2 },
        { time: 1795874401000, "a [m/s]": 3 },
      ],
    ],
    ["teleplot", ">s:1795874400500:12:30|t", [{ time: 1795874400500, s: "12:30" }]],
    ["teleplot", ">r:1:2:1795874400500|xy", [{ time: 1795874400500, "r.x": 1, "r.y": 2 }]],
    [
      "influx",
      'm\\ 1,t\\,1=a\\ b f=1i,g=2u,h=t,s="say \\"hi, you\\" = 1" 1795874400000000000',
      [
        {
          time: 1795874400000000000,
          "m 1.f{t,1=a b}": 1,
          "m 1.g{t,1=a b}": 2,
          "m 1.h{t,1=a b}": true,
          "m 1.s{t,1=a b}": 'say "hi, you" = 1',
        },
      ],
    ],
    ["graphite", "a.b;x=1;y=2 -3.5 1795874400", [{ time: 1795874400, "a.b{x=1,y=2}": -3.5 }]],
    ["graphite", "a 1 N\na 2 -1", [{ a: 1 }, { a: 2 }]],
    ["statsd", "a:1:2|d|@0.5|#env:prod,az", [{ "a{env=prod,az}": 1 }, { "a{env=prod,az}": 2 }]],
    ["statsd", "a:3|ms\nb:4|c\nc:d|s", [{ "a [ms]": 3 }, { b: 4 }, { c: "d" }]],
    [
      "prometheus",
      'a{b="c",d="e"} 1e3 1795874400500\na NaN\na +Inf',
      [{ time: 1795874400500, "a{b=c,d=e}": 1000 }, { a: null }, { a: null }],
    ],
    [
      "nmea",
      "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,,230394*37",
      [
        {
          "GPRMC.1": 123519,
          "GPRMC.2": "A",
          "GPRMC.3": 4807.038,
          "GPRMC.4": "N",
          "GPRMC.5": 1131,
          "GPRMC.6": "E",
          "GPRMC.7": 22.4,
          "GPRMC.9": 230394,
        },
      ],
    ],
    [
      "nmea",
      "!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C",
      [{ "AIVDM.1": 1, "AIVDM.2": 1, "AIVDM.4": "B", "AIVDM.5": "177KQJ5000G?tO`K>RA1wUbN0TKH", "AIVDM.6": 0 }],
    ],
  ];
  for (const [format, text, records] of CASES) {
    it(`[FM11d] [FM11e] [FM11f] [FM11g] [FM11h] [FM11i] [FM11j] [FM11k] ${format}: ${text}`, () => {
      assert.deepEqual(read(format, text), { records, leftOut: [] });
    });
  }

  it("[FM11c] a wrong line is left out with its number, and costs no other", () => {
    const { records, leftOut } = Object(read("name-value", "a:1\n\nno\nb:2\nnor this"));
    assert.deepEqual(records, [{ a: 1 }, { b: 2 }]);
    assert.equal(leftOut.length, 1);
    const [{ reason, place, sample, count, detail }] = leftOut;
    assert.deepEqual(
      { reason, place, sample, count },
      { reason: "record-unreadable", place: "line 3", sample: "no", count: 2 },
    );
    assert.match(detail, /^"no" is no line of names and values: /);
  });

  const REFUSED: readonly [LineFormatName, string, RegExp][] = [
    ["statsd", "a:+4|g", /difference/],
    ["statsd", "a:x|c", /no number/],
    ["nmea", "$GPGSV,2,1*7B", /checksum should be 56/],
    ["teleplot", ">a:open|g", /flag t/],
    ["teleplot", ">3D|a:S:cube|g", /shapes/],
    ["graphite", "a 1 55", /no time/],
    ["graphite", "a 1", /path, value and unix seconds/],
    ["influx", "m f=x", /no field and value/],
    ["influx", "m f=1 now", /no time/],
    ["name-value", "1:2", /numbers alone/],
  ];
  for (const [format, text, sentence] of REFUSED) {
    it(`[FM11c] [FM11i] [FM11k] ${format}: ${text} has no value`, () => {
      assert.match(String(read(format, text)), new RegExp(`^not-lines: .*${sentence.source}`));
    });
  }

  it("has 100,000 lines and 1,048,576 values at most", () => {
    assert.match(String(read("name-value", "a:1\n".repeat(100_000))), /^message-too-large/);
    const line = Array.from({ length: 4096 }, (_, i) => `a${i}:1`).join(",");
    assert.match(String(read("name-value", `${line}\n`.repeat(257))), /^message-too-large/);
  });

  it("whatever the text is, a format reads it or says why not, in time that grows with its length", () => {
    const piece = fc.oneof(fc.constantFrom(..."abt:=;,|>§$*#{}\"'\\ \t\n0123.-+eE"), fc.string({ maxLength: 3 }));
    const text = fc.array(piece, { maxLength: 60, size: "max" }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, (line) => {
        const format = lineFormatOf(line);
        if (format !== undefined) read(format, line);
      }),
    );
    // What backtracks, or looks at the beginning again for each character, would not end.
    for (const piece of ["a", ":", "=", " ", "\t", ",", "\\", '"', "|", "{", ";", "1", ">", "$A", "a:", "\n"]) {
      const long = piece.repeat(1_000_000);
      lineFormatOf(long);
      for (const format of FORMATS) read(format, long);
    }
  });
});
