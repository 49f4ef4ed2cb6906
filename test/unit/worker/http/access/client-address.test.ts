import assert from "node:assert/strict";
import { test } from "node:test";
import { clientAddress, isFromLoopback } from "../../../../../worker/http/access/client-address.ts";

function from(connecting?: string, forwarded?: string): Request {
  return new Request("http://localhost/c/main", {
    headers: {
      ...(connecting === undefined ? {} : { "CF-Connecting-IP": connecting }),
      ...(forwarded === undefined ? {} : { "X-Forwarded-For": forwarded }),
    },
  });
}

for (const [connecting, forwarded, address] of [
  [undefined, undefined, ""],
  [undefined, "192.0.2.1", ""],
  ["192.0.2.1", undefined, "192.0.2.1"],
  ["192.0.2.1", "198.51.100.1", "192.0.2.1"],
  ["2001:db8:0:1:aaaa::1", undefined, "2001:db8:0:1::/64"],
  ["2001:DB8:0:1::ffff", undefined, "2001:db8:0:1::/64"],
  ["2001:db8::", undefined, "2001:db8:0:0::/64"],
  ["::ffff:192.0.2.1", undefined, "192.0.2.1"],
  ["127.0.0.1", undefined, "127.0.0.1"],
  ["127.0.0.1", "192.0.2.1", "192.0.2.1"],
  ["127.0.0.1", "6.6.6.6, 192.0.2.1", "192.0.2.1"],
  ["127.0.0.1", "192.0.2.1:4711", "192.0.2.1"],
  ["::1", "[2001:db8:0:1::5]:4711", "2001:db8:0:1::/64"],
  ["::1", "fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::ffff:127.0.0.1", "192.0.2.1", "192.0.2.1"],
  ["127.0.0.1", "unknown", "127.0.0.1"],
  ["127.0.0.1", "192.0.2.1, ", "127.0.0.1"],
  ["999.0.2.1", undefined, ""],
  ["1:2:3", undefined, ""],
  [":::::", undefined, ""],
  ["x".repeat(10_000), undefined, ""],
  [":".repeat(10_000), undefined, ""],
] as const) {
  test(`from ${connecting?.slice(0, 30)}, forwarded for ${forwarded}: the address is "${address}"`, () => {
    assert.equal(clientAddress(from(connecting, forwarded)), address);
  });
}

test("a request is from loopback by its own address, not by what is forwarded", () => {
  assert.equal(isFromLoopback(from("127.0.0.1", "192.0.2.1")), true);
  assert.equal(isFromLoopback(from("::1")), true);
  assert.equal(isFromLoopback(from("192.0.2.1", "127.0.0.1")), false);
  assert.equal(isFromLoopback(from()), false);
});
