/** What other programs of this machine, and web pages, find of `npm start`. Linux: it reads /proc. */

import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { get, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { hasIpv6Loopback } from "../../support/ipv6.ts";
import { family, isWorkerd, listeningSockets, live, run } from "../../support/started.ts";
import { withDeadline } from "../../support/wait.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const TOKEN = "a-token-that-is-nowhere-else-4711";
const onLinux = { skip: process.platform !== "linux" };

/** Routes of Miniflare, wrangler, workerd and V8's inspector, old and new. */
const FOREIGN_PATHS = [
  "/cdn-cgi/explorer",
  "/cdn-cgi/explorer/api/storage",
  "/cdn-cgi/explorer/api/d1/database/x/query",
  "/cdn-cgi/local/explorer",
  "/cdn-cgi/local/explorer/api/",
  "/cdn-cgi/local/platform-proxy",
  "/cdn-cgi/local/scheduled",
  "/cdn-cgi/local/email",
  "/cdn-cgi/local/r2/public/x",
  "/cdn-cgi/local/r2/s3/x",
  "/cdn-cgi/platform-proxy",
  "/cdn-cgi/handler/scheduled",
  "/cdn-cgi/handler/email",
  "/cdn-cgi/mf/scheduled",
  "/cdn-cgi/mf/reload",
  "/cdn-cgi/mf/stream",
  "/cdn-cgi/ProxyWorker/play",
  "/cdn-cgi/image/x",
  "/__scheduled",
  "/json",
  "/json/list",
  "/json/version",
  "/core:user:plotcast",
  "/core/error",
  "/core/log",
  "/core/public-url",
  "/core/dev-registry",
  "/core/store-temp-file",
  "/core/do-storage/x",
  "/.env",
  "/.dev.vars",
  "/_headers",
  "/worker.js",
  "/workerd.capnp",
  "/../worker/workerd.capnp",
  "/assets/..%2f..%2f..%2fwrangler.toml",
];

/** What those servers take for an order of their owner. */
const FOREIGN_HEADERS = {
  "MF-Op": "GET",
  "MF-Op-Target": "1",
  "MF-Op-Key": "PUBLISH_TOKEN",
  "MF-Original-URL": "http://localhost/cdn-cgi/local/explorer",
  "MF-Custom-Fetch-Service": "x",
  "MF-Route-Override": "worker",
  "MF-Loopback-Secret": "x",
};

/** What comes first for these bytes; nothing, if the connection is ended. */
async function exchange(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1").setEncoding("latin1");
  const answer = new Promise<string>((resolve) => {
    socket.once("data", (part) => resolve(String(part)));
    socket.once("close", () => resolve(""));
    socket.on("error", () => undefined);
  });
  socket.write(bytes, "latin1");
  try {
    return await withDeadline(`an answer at port ${port}`, answer);
  } finally {
    socket.destroy();
  }
}

interface Answer {
  status: number;
  type: string;
  text: string;
}

/** One request with this path as it stands. (fetch would resolve it.) */
async function ask(port: number, method: string, path: string, headers = {}): Promise<Answer> {
  const answer = new Promise<Answer>((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, method, path, headers, agent: false }, async (response) => {
      let text = "";
      for await (const part of response.setEncoding("utf8")) text += part;
      resolve({ status: response.statusCode ?? 0, type: response.headers["content-type"] ?? "", text });
    });
    sent.on("error", reject);
    sent.end(method === "POST" ? '{"query":"select 1"}' : undefined);
  });
  return await withDeadline(`an answer to ${method} ${path}`, answer);
}

test(
  "[ST7a] npm start listens for the page and for publishers, on this machine alone, and nothing else does",
  onLinux,
  async (t) => {
    const started = await run(t, "start", { env: { PUBLISH_TOKEN: TOKEN } });
    await live(started);
    const processes = await family(started.child.pid);
    assert.ok(
      processes.some(({ command }) => isWorkerd(command)),
      "workerd is among the processes that are looked at",
    );

    const sockets = await listeningSockets(processes.map(({ pid }) => pid));
    const web = [`127.0.0.1:${started.port}`, ...((await hasIpv6Loopback()) ? [`[::1]:${started.port}`] : [])];
    const zmq = started.zmq.replace("tcp://", "");
    // (The port of the Worker is held by the process that starts it, too.)
    const addresses = new Set(sockets.map(({ address }) => address));
    assert.deepEqual([...addresses].sort(), [...web, zmq].sort());

    await t.test("[ST7b] the Worker's port is Plotcast's and nobody else's", async () => {
      for (const path of FOREIGN_PATHS) {
        for (const headers of [{}, FOREIGN_HEADERS]) {
          for (const method of ["GET", "POST", "PUT"]) {
            const { status, type, text } = await ask(started.port, method, path, headers);
            assert.deepEqual([status, type], [404, "application/problem+json"], `${method} ${path}: ${text}`);
            assert.equal(JSON.parse(text).code, "not-found", `${method} ${path}`);
          }
        }
      }
    });

    await t.test("[ST7] it speaks neither an inspector's protocol nor any but HTTP", async () => {
      for (const path of ["/", "/core:user:plotcast", "/cdn-cgi/local/explorer", "/ws"]) {
        const upgraded = new Promise<boolean>((resolve) => {
          const headers = {
            Connection: "Upgrade",
            Upgrade: "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
          };
          get({ host: "127.0.0.1", port: started.port, path, headers, agent: false })
            .on("response", (response) => {
              response.resume();
              resolve(false);
            })
            .on("upgrade", (_, socket) => {
              socket.destroy();
              resolve(true);
            })
            .on("error", () => resolve(false));
        });
        assert.equal(await withDeadline(`an answer to a WebSocket at ${path}`, upgraded), false, path);
      }
      const proxied = await exchange(started.port, "CONNECT localhost:22 HTTP/1.1\r\nHost: localhost:22\r\n\r\n");
      assert.match(proxied, /^HTTP\/1\.1 [45]\d\d /, "it is no proxy");
    });

    await t.test("[ST7] the port for publishers answers no HTTP", async () => {
      const text = await exchange(Number(zmq.split(":")[1]), "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assert.doesNotMatch(text, /HTTP/);
    });

    await t.test(
      "[ST8] no command line and no file has the token, and others cannot read an environment that has",
      async () => {
        for (const { pid, command } of processes) {
          assert.ok(!command.join(" ").includes(TOKEN), `the command line of ${command[0]}`);
          assert.equal((await stat(`/proc/${pid}/environ`)).mode & 0o077, 0, "the kernel shows it to its user alone");
        }
        const since = (await stat(started.storeDir)).birthtimeMs - 1000;
        for (const folder of [
          started.storeDir,
          join(ROOT, "dist"),
          join(ROOT, ".plotcast"),
          join(ROOT, ".wrangler"),
          tmpdir(),
        ]) {
          for (const file of await filesSince(folder, since)) {
            const content = await readFile(file).catch(() => Buffer.alloc(0));
            assert.ok(!content.includes(TOKEN), `${file} has the token`);
          }
        }
      },
    );

    await t.test("[ST9] what is stored can be read by its user alone", async () => {
      const channels = join(started.storeDir, "channels");
      assert.equal((await stat(channels)).mode & 0o777, 0o700);
      const entries = await readdir(channels, { recursive: true, withFileTypes: true });
      assert.ok(
        entries.some(({ name }) => name.endsWith(".sqlite")),
        "a channel is stored",
      );
      for (const entry of entries) {
        const path = join(entry.parentPath, entry.name);
        assert.equal((await stat(path)).mode & 0o077, 0, path);
      }
    });
  },
);

/** Files below a folder, as deep as four, that were written since. Other tests' come and go meanwhile. */
async function filesSince(folder: string, sinceMs: number, depth = 4): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth > 0) files.push(...(await filesSince(path, sinceMs, depth - 1)));
    if (!entry.isFile()) continue;
    const stats = await stat(path).catch(() => undefined);
    if (stats !== undefined && stats.mtimeMs >= sinceMs && stats.size < 2 ** 24) files.push(path);
  }
  return files;
}
