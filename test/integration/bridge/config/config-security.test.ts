import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { curveKeyPair } from "zeromq";
import type { SecurityConfig } from "../../../../bridge/config/config.ts";
import { ConfigError } from "../../../../bridge/config/errors.ts";
import { readConfigFile } from "../../../../bridge/config/file.ts";
import { isKey, makeKeys, publicKeyOf } from "../../../../bridge/config/syntax/curve-key.ts";

// The keys in the manual of libzmq, doc/zmq_curve.adoc and doc/zmq_setsockopt.adoc.
const SERVER = {
  publicKey: "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7",
  secretKey: "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6",
};
const CLIENT = {
  publicKey: "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
  secretKey: "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs",
};

const folder = mkdtempSync(join(tmpdir(), "plotcast-keys-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** As pyzmq writes it: zeromq/pyzmq, zmq/auth/certs.py. */
function certificate({ publicKey, secretKey }: { publicKey: string; secretKey?: string }): string {
  const secret = secretKey === undefined ? "" : `    secret-key = "${secretKey}"\n`;
  return `#   ****  Generated on 2026-01-02 03:04:05 by pyzmq  ****\n#   ZeroMQ CURVE Certificate\n\nmetadata\n    a = b\ncurve\n    public-key = "${publicKey}"\n${secret}`;
}

/** @param files beside it */
function security(
  text: string,
  files: Record<string, string> = {},
  env: Record<string, string> = {},
): SecurityConfig | string {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const file = join(folder, "plotcast.toml");
  writeFileSync(file, `[[source]]\n${text}`);
  try {
    return readConfigFile(file, env).sources[0]?.socket.security ?? "none";
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

describe("CURVE keys", () => {
  it("[CF4] have the public key that libzmq has for them", () => {
    assert.equal(publicKeyOf(SERVER.secretKey), SERVER.publicKey);
    assert.equal(publicKeyOf(CLIENT.secretKey), CLIENT.publicKey);
    for (let i = 0; i < 20; i++) {
      const { publicKey, secretKey } = curveKeyPair();
      assert.equal(publicKeyOf(secretKey), publicKey);
      const own = makeKeys();
      assert.ok(isKey(own.secretKey) && publicKeyOf(own.secretKey) === own.publicKey);
    }
  });

  it("[CF4] are 40 characters of Z85, each five no more than 32 bits", () => {
    assert.ok(!isKey(SERVER.publicKey.slice(1)) && !isKey(`${SERVER.publicKey.slice(0, 39)} `));
    assert.ok(!isKey("#".repeat(40)) && isKey("0".repeat(40)));
  });
});

describe("[source.curve]", () => {
  const client = `[source.curve]\nserver_key = "${SERVER.publicKey}"\n`;
  it("[CF4] of a client has the server's key and its own, from a certificate or a lone key", () => {
    const expected = { mechanism: "curve-client", serverKey: SERVER.publicKey, ...CLIENT };
    assert.deepEqual(security(`${client}secret_key_file = "c"`, { c: certificate(CLIENT) }), expected);
    assert.deepEqual(security(`${client}secret_key_file = "c"`, { c: `${CLIENT.secretKey}\n` }), expected);
    assert.deepEqual(security(`${client}secret_key_env = "KEY"`, {}, { KEY: CLIENT.secretKey }), expected);
    const filed = '[source.curve]\nserver_key_file = "server.key"\nsecret_key_file = "c"';
    for (const server of [certificate({ publicKey: SERVER.publicKey }), SERVER.publicKey]) {
      assert.deepEqual(security(filed, { c: CLIENT.secretKey, "server.key": server }), expected);
    }
  });

  it("[CF4] of a client without keys makes some", () => {
    const made = security(client);
    assert.ok(typeof made !== "string" && made.mechanism === "curve-client");
    assert.equal(publicKeyOf(made.secretKey), made.publicKey);
  });

  it("[CF4] of a server has its own key, and those of the clients it takes", () => {
    const server = '[source.curve]\nrole = "server"\nsecret_key_file = "s"\n';
    const files = { s: certificate(SERVER) };
    const expected = { mechanism: "curve-server", ...SERVER };
    assert.deepEqual(security(server, files), { ...expected, allow: undefined });
    const allow = [CLIENT.publicKey];
    assert.deepEqual(security(`${server}allow = "${CLIENT.publicKey}"`, files), { ...expected, allow });
    assert.deepEqual(security(`${server}allow_file = "a"`, { ...files, a: `# Ann\n${CLIENT.publicKey}\n\n` }), {
      ...expected,
      allow,
    });
    mkdirSync(join(folder, "clients"));
    writeFileSync(join(folder, "clients/ann.key"), certificate({ publicKey: CLIENT.publicKey }));
    writeFileSync(join(folder, "clients/ann.key_secret"), certificate(SERVER));
    assert.deepEqual(security(`${server}allow_file = "clients"`, files), { ...expected, allow });
    assert.match(String(security(`${server}allow_file = "a"`, { ...files, a: "# nobody" })), /a has no public key/);
  });

  it("[CF4] that is wrong is said, and no key is", () => {
    const cases: [text: string, message: RegExp, files?: Record<string, string>][] = [
      ["[source.curve]\n", /^plotcast\.toml:2: source\[0\]\.curve\.server_key: a client needs the server's public key/],
      [
        '[source.curve]\nserver_key = "x"',
        /:3: source\[0\]\.curve\.server_key: a CURVE key is Z85 text of 40 characters\.$/,
      ],
      [
        `${client}allow = "${CLIENT.publicKey}"`,
        /:4: source\[0\]\.curve\.allow: only a server has this, and the role is client\.$/,
      ],
      [
        `${client}role = "server"`,
        /:3: source\[0\]\.curve\.server_key: only a client has the server's key: leave it out\.$/,
      ],
      ['[source.curve]\nrole = "server"', /curve\.secret_key_file: a server needs a secret key/],
      [`${client}secret_key_file = "none"`, /curve\.secret_key_file: there is no such file\.$/],
      [
        `${client}secret_key_file = "c"`,
        /c has no secret key: it is a ZeroMQ certificate/,
        { c: certificate({ publicKey: CLIENT.publicKey }) },
      ],
      [
        `${client}secret_key_file = "c"`,
        /c has a key that is not Z85 text/,
        { c: 'public-key = "x"\nsecret-key = "y"' },
      ],
      [
        `${client}secret_key_file = "c"`,
        /the two keys in this file do not belong together\.$/,
        { c: certificate({ ...CLIENT, publicKey: SERVER.publicKey }) },
      ],
      [
        `${client}secret_key_env = "KEY"`,
        /curve\.secret_key_env: set the variable that this names in the environment to a CURVE key/,
      ],
      [`${client}secret_key = "${CLIENT.secretKey}"`, /curve\.secret_key: a secret key does not stand here/],
      [`${client}[source.plain]\nuser = "a"`, /source\[0\]\.plain: a socket has one of curve and plain/],
    ];
    for (const [text, message, files] of cases) {
      const said = security(text, files);
      assert.ok(typeof said === "string");
      assert.match(said, message);
      assert.ok(!said.includes(CLIENT.secretKey) && !said.includes(SERVER.secretKey));
    }
  });
});

describe("[source.plain]", () => {
  const client = '[source.plain]\nuser = "ann"\n';
  it("[CF4] of a client has a user, and a password from outside", () => {
    const expected = { mechanism: "plain-client", user: "ann", password: "a b" };
    assert.deepEqual(security(client, {}, { PLAIN_PASSWORD: "a b" }), expected);
    assert.deepEqual(security(`${client}password_env = "P"`, {}, { P: "a b" }), expected);
    assert.deepEqual(security(`${client}password_file = "p"`, { p: "a b\r\nmore" }), expected);
    assert.match(String(security(client)), /:2: source\[0\]\.plain\.password_env: PLAIN_PASSWORD is not set/);
    assert.match(String(security("[source.plain]")), /plain\.user: this is missing/);
  });

  it("[CF4] of a server has users, as zauth reads them", () => {
    const server = '[source.plain]\nusers_file = "u"\n';
    const read = security(server, { u: "# people\nann=a=b\nbob = c\n__proto__=x\n" });
    assert.deepEqual(read, {
      mechanism: "plain-server",
      users: new Map([
        ["ann", "a=b"],
        ["bob", "c"],
        ["__proto__", "x"],
      ]),
    });
    assert.match(String(security(server, { u: "ann" })), /u has a line that is not user=password\.$/);
    assert.match(String(security(server, { u: "" })), /u has no users/);
    assert.match(String(security(`${server}user = "a"`, { u: "a=b" })), /plain\.user: users_file makes this a server/);
  });
});
