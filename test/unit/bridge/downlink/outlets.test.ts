/** Addresses of sockets by which programs are told, where they cannot be used. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Publisher } from "zeromq";
import { Outlets } from "../../../../bridge/downlink/outlets.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { AddressError } from "../../../../bridge/sources/errors.ts";

async function refusalOf(given: { control?: string[]; call?: string[] }): Promise<string> {
  const log = createLog("text", "info", () => undefined);
  const events = { onMessages: () => undefined, onListener: () => undefined };
  try {
    const outlets = await Outlets.open({ control: [], call: [], source: undefined, log, ...given }, events);
    await outlets.close();
  } catch (error) {
    if (error instanceof AddressError) return error.message;
    throw error;
  }
  assert.fail("It was not refused.");
}

test("[BR10e] what is no address is refused in a sentence that names the flag", async () => {
  for (const address of ["foo", "router+foo"])
    assert.match(
      await refusalOf({ control: [address] }),
      /^Cannot bind to foo: an address looks like \S+ \(--control\)\.$/,
    );
  assert.match(await refusalOf({ call: ["foo"] }), /^Cannot connect to foo: an address looks like \S+ \(--call\)\.$/);
  assert.match(
    await refusalOf({ call: ["tcp://a b:5000"] }),
    /^Cannot connect to tcp:\/\/a b:5000: .* Give another address with --call\.$/,
  );
});

test("[BR10e] [ST2] one that is in use is a sentence that names --control", async (t) => {
  const other = new Publisher({ linger: 0 });
  t.after(() => other.close());
  await other.bind("tcp://127.0.0.1:*");
  const address = other.lastEndpoint ?? "";
  const sentence = /^Cannot bind to \S+: another program is using it \(EADDRINUSE\)\. End .* with --control\.$/;
  for (const control of [address, `router+${address}`]) assert.match(await refusalOf({ control: [control] }), sentence);
});
