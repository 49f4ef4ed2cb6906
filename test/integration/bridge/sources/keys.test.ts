import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { it } from "node:test";
import { curveKeyPair } from "zeromq";
import { decodeZ85, encodeZ85, makeKeys, publicKeyOf } from "../../../../bridge/config/syntax/curve-key.ts";
import { whatToPutWhere, writeKeys } from "../../../../bridge/sources/zeromq/security/curve-keys.ts";
import { directoryFor } from "../../../support/receiving.ts";

it("[BR21] Z85 is what the RFC says", () => {
  // https://rfc.zeromq.org/spec/32/: the test case.
  const bytes = Buffer.from([0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b]);
  assert.equal(encodeZ85(bytes), "HelloWorld");
  assert.deepEqual(decodeZ85("HelloWorld"), bytes);
  for (const wrong of ["Hello", "#####", "Hell~", "Hello1"].slice(1)) assert.equal(decodeZ85(wrong), undefined, wrong);
});

it("[BR21] the public key of a secret one is the one that ZeroMQ gives", () => {
  for (let i = 0; i < 20; i++) {
    const { publicKey, secretKey } = curveKeyPair();
    assert.equal(publicKeyOf(secretKey), publicKey);
  }
  assert.equal(publicKeyOf("short"), undefined);
  // https://api.zeromq.org/4-3:zmq-curve: the pair of the manual's example.
  assert.equal(publicKeyOf("D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"), "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID");
});

it("[BR21] files are as pyzmq and czmq write them, the secret one for its owner alone", async (t) => {
  const base = join(await directoryFor(t), "bridge");
  const keys = makeKeys();
  const files = writeKeys(base, keys, new Date("2026-11-20T12:00:00Z"));
  assert.deepEqual(files, { publicFile: `${base}.key`, secretFile: `${base}.key_secret`, publicKey: keys.publicKey });
  const publicText = await readFile(files.publicFile, "utf8");
  const secretText = await readFile(files.secretFile, "utf8");
  // https://github.com/zeromq/pyzmq/blob/main/zmq/auth/certs.py: _write_key_file.
  const body = `metadata\ncurve\n    public-key = "${keys.publicKey}"\n`;
  assert.ok(publicText.endsWith(`\n\n${body}`));
  assert.ok(secretText.endsWith(`\n\n${body}    secret-key = "${keys.secretKey}"\n`));
  assert.ok(publicText.startsWith("#   ****  Generated on 2026-11-20T12:00:00.000Z by Plotcast  ****\n#"));
  assert.ok(!publicText.includes(keys.secretKey) && !whatToPutWhere(files).includes(keys.secretKey));
  if (process.platform !== "win32") assert.equal((await stat(files.secretFile)).mode & 0o777, 0o600);
});

it("[BR21] a file that is there is never written over, and half a pair is not left behind", async (t) => {
  const directory = await directoryFor(t);
  const base = join(directory, "bridge");
  const { publicKey } = writeKeys(base);
  assert.throws(() => writeKeys(base), /bridge\.key_secret is there already and was not touched/);
  assert.ok((await readFile(`${base}.key`, "utf8")).includes(publicKey));
  const other = join(directory, "other");
  await writeFile(`${other}.key`, "mine");
  assert.throws(() => writeKeys(other), /other\.key is there already/);
  assert.equal(await readFile(`${other}.key`, "utf8"), "mine");
  await assert.rejects(stat(`${other}.key_secret`));
  assert.throws(() => writeKeys(join(directory, "no", "x")), /its directory does not exist/);
});
