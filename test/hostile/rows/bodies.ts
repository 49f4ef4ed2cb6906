import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { ARRANGEMENT_TYPE, PRESENCE_TYPE } from "../../../protocol/limits.ts";
import type { ProblemCode } from "../../../protocol/problem.ts";
import type { Row } from "../table.ts";

/** A POST with the right token. */
export interface BodyRow extends Row {
  body: string | Uint8Array<ArrayBuffer>;
  headers: Record<string, string>;
  /** The status and code of the refusal, or how many points are taken. */
  is: readonly [number, ProblemCode] | number;
}

const MIB = 1 << 20;
const refused = (code: ProblemCode, name: string, body: BodyRow["body"], headers = {}, status = 400): BodyRow => ({
  name,
  body,
  headers,
  is: [status, code],
});
const taken = (points: number, name: string, body: BodyRow["body"], headers = {}): BodyRow => ({
  name,
  body,
  headers,
  is: points,
});
const typed = (name: string, type: string): BodyRow =>
  refused("content-type-unsupported", name, '{"y":1}', { "Content-Type": type }, 415);
const coded = (name: string, encoding: string, body: BodyRow["body"]): BodyRow =>
  refused("content-encoding-unsupported", name, body, { "Content-Encoding": encoding }, 415);
const GZIP = { "Content-Encoding": "gzip" };
const DEFLATE = { "Content-Encoding": "deflate" };
const announced = (name: string, body: string): BodyRow =>
  refused("presence-invalid", name, body, { "Content-Type": PRESENCE_TYPE });
const arranged = (name: string, body: string): BodyRow =>
  refused("arrangement-invalid", name, body, { "Content-Type": ARRANGEMENT_TYPE });
const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);

export const BODIES: BodyRow[] = [
  refused("no-number", "null", "null"),
  refused("no-number", "true", "true"),
  refused("no-number", "text", '"1"'),
  refused("no-number", "an empty object", "{}"),
  refused("no-number", "an empty array", "[]"),
  refused("no-number", "an array of an empty array", "[[]]"),
  refused("no-number", "an array of null", "[null]"),
  refused("no-number", "a time alone", '{"t":1}'),
  refused("no-number", "a number in quotes", '{"y":"1"}'),
  refused("no-number", "a boolean", '{"y":true}'),
  refused("no-number", "an object without a number", '{"a":{"b":{"c":"d"}}}'),
  refused("not-finite", "more than any float64", '{"y":1e309}'),
  refused("not-finite", "less than any float64", '{"y":-1e309}'),
  refused("not-finite", "400 digits", `{"y":${"9".repeat(400)}}`),
  refused("not-finite", "an exponent of 100,000 digits", `{"y":1e${"9".repeat(100_000)}}`),
  refused("not-json", "a hexadecimal number", "0x10"),
  refused("not-json", "a number that begins with 0", "01"),
  refused("not-json", "a number that ends with a point", "1."),
  refused("not-json", "a number that begins with a point", ".5"),
  refused("not-json", "a sign", "+1"),
  refused("not-json", "underscores in a number", "1_000"),
  refused("not-json", "half a number", "1e"),
  refused("not-json", "comments", '{"y":1 /* volts */}'),
  refused("not-json", "a comma too many", '{"y":1,}'),
  refused("not-json", "single quotes", "{'y':1}"),
  refused("not-json", "a name without quotes", "{y:1}"),
  refused("not-json", "two values in a line", '{"y":1}{"y":2}'),
  refused("not-json", "a value that is cut off", '{"y":1'),
  refused("not-json", "a bracket too many", '{"y":1}}'),
  refused("not-json", "a prefix against JSON hijacking", ')]}\',\n{"y":1}'),
  refused("not-json", "a call", 'callback({"y":1})'),
  refused("not-json", "a form", "y=1&x=2"),
  refused("not-json", "XML", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
  refused("not-json", "CSV", "x,y\n1,2\n"),
  refused("not-json", "a raw line break in a text", '{"a\nb":1}'),
  refused("not-json", "a NUL", '{"y":1}\0'),
  refused(
    "not-json",
    "a line that is not JSON among a thousand",
    `${'{"y":1}\n'.repeat(500)}{"y":\n${'{"y":1}\n'.repeat(500)}`,
  ),
  taken(1, "a time in quotes", '{"t":"1","y":1}'),
  taken(1, "a time of month 13", '{"t":"2026-13-01T00:00:00Z","y":1}'),
  taken(1, "a boolean as time", '{"t":true,"y":1}'),
  taken(2, "an object as time", '{"t":{"a":1},"y":1}'),
  taken(1, "a time beyond any float64", '{"t":1e999,"y":1}'),
  refused("columns-differ", "columns of different length", '{"x":[1,2],"y":[1]}'),
  refused("columns-differ", "a column for no rows", '{"x":[],"y":[1]}'),
  refused("time-not-a-number", "text in the column of times", '{"x":["a"],"y":[1]}'),
  refused("time-not-a-number", "null in the column of times", '{"x":[null],"y":[1]}'),
  refused("too-deep", "nine levels", `${'{"a":'.repeat(10)}1${"}".repeat(10)}`),
  taken(1, "eight levels", `${'{"a":'.repeat(9)}1${"}".repeat(9)}`),
  refused("too-deep", "100,000 arrays", `{"a":${"[".repeat(100_000)}1${"]".repeat(100_000)}}`),
  refused("no-number", "100,000 bare arrays", `${"[".repeat(100_000)}1${"]".repeat(100_000)}`),
  refused("not-json", "500,000 arrays that do not end", "[".repeat(500_000)),
  refused("not-json", "100,000 objects that do not end", '{"a":'.repeat(100_000)),
  refused("series-name-invalid", "a name with a line break", '{"a\\nb":1}'),
  refused("series-name-invalid", "a name with NUL", '{"a\\u0000":1}'),
  refused("series-name-invalid", "a name with DEL", '{"a\\u007f":1}'),
  refused("series-name-invalid", "a name with an escape sequence", '{"\\u001b[2J":1}'),
  refused("series-name-invalid", "a name with a control character of C1", '{"a\\u009b2J":1}'),
  refused("series-name-invalid", "a name that turns around what follows", '{"a\\u202eb":1}'),
  refused("series-name-invalid", "a name with a blank of no width", '{"a\\u200bb":1}'),
  refused("series-name-invalid", "a name with a line separator", '{"a\\u2028b":1}'),
  refused("series-name-invalid", "half a character as name", '{"\\ud800":1}'),
  refused("series-name-invalid", "a name of 257 bytes", `{"${"n".repeat(257)}":1}`),
  refused("series-name-invalid", "a name of 900,000 bytes", `{"${"n".repeat(900_000)}":1}`),
  refused(
    "series-name-invalid",
    "a path whose names are 257 bytes together",
    `{"${"n".repeat(128)}":{"${"n".repeat(128)}":1}}`,
  ),
  taken(1, "a number less than the least", '{"y":1e-400}'),
  taken(1, "minus zero", '{"y":-0}'),
  taken(1, "the same key twice", '{"y":1,"y":2}'),
  taken(1, "__proto__", '{"__proto__":1}'),
  taken(1, "__proto__ with a number", '{"__proto__":{"y":1}}'),
  taken(1, "a constructor's prototype", '{"constructor":{"prototype":{"y":1}}}'),
  taken(3, "methods that all objects have", '{"toString":1,"hasOwnProperty":2,"valueOf":3}'),
  taken(2, "what promises and arrays have", '{"then":1,"length":2}'),
  taken(1, "a time before 1970", '{"t":-1e9,"y":1}'),
  taken(1, "markup as a name", '{"<img src=x onerror=alert(1)>":1}'),
  taken(1, "a formula as a name", '{"=HYPERLINK(1)":1}'),
  taken(1, "SQL as a name", `{"');DROP TABLE series;--":1}`),
  taken(1, "a name of 256 bytes", `{"${"n".repeat(256)}":1}`),
  taken(2, "lines that end in CR LF and empty ones", '\r\n\r\n{"y":1}\r\n\r\n{"y":2}\r\n'),
  taken(
    300,
    "a row of 300 series",
    JSON.stringify(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`s${i}`, i]))),
  ),

  refused("body-encoding", "text that is not UTF-8", bytes(0x22, 0xff, 0x22)),
  refused("body-encoding", "overlong UTF-8", bytes(0x22, 0xc0, 0xaf, 0x22)),
  refused("body-encoding", "a surrogate in UTF-8", bytes(0x22, 0xed, 0xa0, 0x80, 0x22)),
  refused("body-encoding", "UTF-8 cut short", bytes(0x22, 0xe2, 0x82)),
  refused("body-encoding", "UTF-16 with its mark", new Uint8Array(Buffer.from('\ufeff{"y":1}', "utf16le"))),
  refused("not-json", "UTF-16 without", new Uint8Array(Buffer.from('{"y":1}', "utf16le"))),
  refused("body-encoding", "Latin-1", new Uint8Array(Buffer.from('{"\u00fc":1}', "latin1"))),
  refused("body-empty", "nothing", ""),
  refused("body-empty", "white space", " \r\n\t "),
  refused("body-empty", "a byte order mark", "\ufeff"),

  typed("HTML", "text/html"),
  typed("the type of XML", "application/xml"),
  typed("a picture", "image/svg+xml"),
  typed("parts", "multipart/form-data; boundary=x"),
  typed("JavaScript", "text/javascript"),
  typed("another frame", "application/vnd.plotcast.frame2"),
  typed("no type that is one", "json"),
  typed("a type of 8,000 letters", `application/${"x".repeat(8000)}`),

  coded("brotli", "br", new Uint8Array(brotliCompressSync("1"))),
  coded("zstd", "zstd", "1"),
  coded("two encodings", "gzip, gzip", new Uint8Array(gzipSync(gzipSync("1")))),
  coded("compress", "compress", "1"),
  coded("an encoding of nobody", "__proto__", "1"),
  refused("body-encoding", "gzip that is none", "1", GZIP),
  refused("body-encoding", "gzip cut short", new Uint8Array(gzipSync('{"y":123456789}').subarray(0, -9)), GZIP),
  refused(
    "body-encoding",
    "gzip with a wrong sum",
    new Uint8Array(Buffer.concat([gzipSync('{"y":1}').subarray(0, -8), Buffer.alloc(8)])),
    GZIP,
  ),
  refused(
    "body-encoding",
    "gzip with more behind it",
    new Uint8Array(Buffer.concat([gzipSync("1"), Buffer.from("1")])),
    GZIP,
  ),
  refused("body-encoding", "deflate without its head", new Uint8Array(deflateRawSync("1")), DEFLATE),
  refused("body-encoding", "gzip said to be deflate", new Uint8Array(gzipSync("1")), DEFLATE),
  refused("body-too-large", "200 MiB as gzip", new Uint8Array(gzipSync(Buffer.alloc(200 * MIB, " "))), GZIP, 413),
  refused(
    "body-too-large",
    "200 MiB as deflate",
    new Uint8Array(deflateSync(Buffer.alloc(200 * MIB, " "))),
    DEFLATE,
    413,
  ),
  refused("body-too-large", "a byte over 1 MiB", " ".repeat(MIB + 1), {}, 413),
  refused("body-too-large", "16 MiB", " ".repeat(16 * MIB), {}, 413),
  taken(1, "1 MiB", `1${" ".repeat(MIB - 1)}`),

  announced("an announcement that is not JSON", "here"),
  announced("an announcement of nobody", '{"here":true}'),
  announced("an announcement of the anonymous", '{"publisher":"0000000000000000","here":true}'),
  announced("an announcement of a short id", '{"publisher":"aa","here":true}'),
  announced("an announcement in capitals", '{"publisher":"00000000000000AA","here":true}'),
  announced("an announcement of neither", '{"publisher":"00000000000000aa"}'),
  announced("an announcement of a text", '{"publisher":"00000000000000aa","here":"true"}'),
  announced("an announcement of a number", '{"publisher":170,"here":true}'),
  announced("an announcement with more", '{"publisher":"00000000000000aa","here":true,"epoch":1}'),
  announced("an announcement of several", '[{"publisher":"00000000000000aa","here":true}]'),
  announced("an announcement of __proto__", '{"__proto__":{"publisher":"00000000000000aa","here":true}}'),
  announced("an announcement of null", "null"),
  arranged("an arrangement of JSON", '{"panel":["a"]}'),
  arranged("an arrangement with a line end in it", "panel=a\npanel=b"),
  arranged("an arrangement with half a character", "panel=%C3"),
  arranged("an arrangement of the view alone", "#window=1m&paused=1"),
  refused(
    "body-too-large",
    "an announcement of 1,025 bytes",
    `{"publisher":"00000000000000aa","here":true${" ".repeat(982)}}`,
    { "Content-Type": PRESENCE_TYPE },
    413,
  ),
];
