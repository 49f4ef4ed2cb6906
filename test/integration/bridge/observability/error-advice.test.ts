import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type Server, type Socket } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { adviceOnCode, errorAdvice, errorCode } from "../../../../bridge/observability/error-advice.ts";
import { Poster } from "../../../../bridge/uplink/post.ts";
import { OF_LOCALHOST } from "../../../support/certificates.ts";

async function listening(t: TestContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket.on("error", () => undefined)));
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return address.port;
}

const talking = (bytes: string | Uint8Array): Server => createServer((socket) => socket.write(bytes));
const cutting = (cut: (socket: Socket) => void): Server =>
  createServer((socket) => socket.once("data", () => cut(socket)));
const web = (): Server => createHttpServer((_, response) => response.end("x"));
const webOverTls = (): Server => createHttpsServer(OF_LOCALHOST, (_, response) => response.end("x"));

/** What a request meets, the URL that leads there, and what must be said of it. */
const MET: Record<string, [server: (() => Server) | undefined, url: (port: number) => string, said: RegExp]> = {
  "a closed port": [
    undefined,
    () => "http://127.0.0.1:1",
    /^nothing listens there\. Start the Worker, .* \(ECONNREFUSED\)$/,
  ],
  "a closed port by a name with two addresses": [undefined, () => "http://localhost:1", /\(ECONNREFUSED\)$/],
  "a name of nobody": [
    undefined,
    () => "http://nobody.invalid",
    /^(no machine of this name|the host's name cannot) .* \((ENOTFOUND|EAI_AGAIN)\)$/,
  ],
  "an address without a way": [
    undefined,
    () => "http://255.255.255.255:1",
    /^(there is no way|this machine does not allow) .* \((ENETUNREACH|EACCES)\)$/,
  ],
  "http:// at a port of TLS": [
    webOverTls,
    (port) => `http://127.0.0.1:${port}`,
    /^the connection was cut .* http:\/\/ or https:\/\/ \(UND_ERR_SOCKET|ECONNRESET\)$/,
  ],
  "https:// at a port of HTTP": [
    web,
    (port) => `https://127.0.0.1:${port}`,
    /^that port does not speak TLS\. Use http:\/\/, .* \(ERR_SSL_WRONG_VERSION_NUMBER\)$/,
  ],
  "a certificate that is its own issuer": [
    webOverTls,
    (port) => `https://localhost:${port}`,
    /NODE_EXTRA_CA_CERTS=.* \(DEPTH_ZERO_SELF_SIGNED_CERT\)$/,
  ],
  "a server of SSH": [
    () => talking("SSH-2.0-OpenSSH_9.2\r\n"),
    (port) => `http://127.0.0.1:${port}`,
    /^what answers there does not speak HTTP\. .*\(HPE_INVALID_CONSTANT\)$/,
  ],
  "a publisher's own port": [
    () => talking(Uint8Array.of(0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f)),
    (port) => `http://127.0.0.1:${port}`,
    /^what answers there does not speak HTTP/,
  ],
  "a server that says nothing": [
    () => createServer(),
    (port) => `http://127.0.0.1:${port}`,
    /^something takes connections there and does not answer\. .* \(UND_ERR_HEADERS_TIMEOUT\)$/,
  ],
  "one that says nothing of TLS": [
    () => createServer(),
    (port) => `https://127.0.0.1:${port}`,
    /^nothing answers there\. .* \(UND_ERR_CONNECT_TIMEOUT\)$/,
  ],
  "one that hangs up": [
    () => cutting((socket) => socket.destroy()),
    (port) => `http://127.0.0.1:${port}`,
    /^the connection was cut .* \(UND_ERR_SOCKET\)$/,
  ],
  "one that resets": [
    () => cutting((socket) => socket.resetAndDestroy()),
    (port) => `http://127.0.0.1:${port}`,
    /^the connection was cut .* \((ECONNRESET|UND_ERR_SOCKET)\)$/,
  ],
};

describe("an error's code", () => {
  for (const [what, [serve, urlOf, said]] of Object.entries(MET)) {
    it(`[BR39a] ${what}: a request says what to do, and the code`, async (t) => {
      const port = serve === undefined ? 0 : await listening(t, serve());
      const to = new URL("/c/main", urlOf(port));
      const poster = new Poster({ to, token: "secret-token", timeoutMs: 1000 });
      t.after(() => poster.close());
      const outcome = await poster.send(new Uint8Array(), new AbortController().signal, { kind: "nothing" });
      assert.ok(outcome.kind === "failed");
      assert.match(outcome.reason, said);
    });
  }

  it("[BR39a] every code of a certificate or of TLS has a sentence, known or not", () => {
    for (const code of [
      "ERR_TLS_CERT_ALTNAME_INVALID",
      "CERT_HAS_EXPIRED",
      "CERT_NOT_YET_VALID",
      "CERT_REVOKED",
      "CERT_SIGNATURE_FAILURE",
      "SELF_SIGNED_CERT_IN_CHAIN",
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      "UNABLE_TO_GET_CRL",
      "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
      "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
      "EPROTO",
      "EAI_FAIL",
      "HPE_INVALID_HEADER_TOKEN",
      "UND_ERR_BODY_TIMEOUT",
      "ETIMEDOUT",
      "EHOSTUNREACH",
      "EPERM",
      "EMFILE",
    ]) {
      assert.match(adviceOnCode(code, "request") ?? "", /\. [A-Z]|: openssl|If you do/, code);
    }
  });

  it("[BR39] a port below 1024, an address of another machine, no IPv6: listening says what to do", () => {
    const said = (code: string): string => errorAdvice(Object.assign(new Error("x"), { code }), "listen");
    assert.equal(
      said("EACCES"),
      "this user may not listen there. Ports below 1024 need more rights: take one of 1024 or more (EACCES)",
    );
    assert.equal(said("EADDRNOTAVAIL"), "this machine has no such address (EADDRNOTAVAIL)");
    assert.equal(said("EAFNOSUPPORT"), "this machine has no IPv6 (EAFNOSUPPORT)");
    assert.equal(said("EADDRINUSE"), "another program is using it (EADDRINUSE)");
  });

  it("[BR39b] an error of no known code is said as it says itself, without control characters, and cut", () => {
    assert.equal(errorAdvice(new Error("odd\u001b[2J"), "request"), "odd\\x1b[2J");
    assert.equal(errorAdvice(Object.assign(new Error("odd"), { code: "EODD" }), "request"), "odd (EODD)");
    assert.equal(errorAdvice(Object.assign(new Error("EODD: odd"), { code: "EODD" }), "file"), "EODD: odd");
    assert.equal(errorAdvice(new Error("x".repeat(120)), "accept"), "x".repeat(120));
    assert.equal(errorAdvice(new Error("x".repeat(121)), "accept"), `${"x".repeat(119)}…`);
    assert.equal(errorAdvice("thrown", "request"), "unknown");
    assert.equal(adviceOnCode("constructor", "request"), undefined);
    assert.equal(
      errorCode(new AggregateError([Object.assign(new Error("x"), { code: "ECONNREFUSED" })])),
      "ECONNREFUSED",
    );
    assert.equal(errorCode(Object.assign(new Error("x"), { code: 5 })), "");
  });
});
