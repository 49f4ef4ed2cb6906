/**
 * The recipes of docs/BEHIND-A-PROXY.md, as they stand there but for names, ports and files: nginx and Caddy with a certificate of their
 * own, in front of the Worker as `npm start` runs it; a real Chromium and the real bridge come by https.
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { type Local, startLocal } from "../support/local.ts";
import { connectPublisher } from "../support/publisher.ts";
import { waitFor, withDeadline } from "../support/wait.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NAME = "board.example";

let dir = "";
let recipes = "";
let browser: Browser;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "plotcast-proxies-"));
  recipes = await readFile(join(ROOT, "docs/BEHIND-A-PROXY.md"), "utf8");
  const names = `subjectAltName=DNS:${NAME},DNS:localhost`;
  const files = ["-keyout", join(dir, "key.pem"), "-out", join(dir, "cert.pem")];
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${NAME}`];
  await promisify(execFile)("openssl", [...request, "-addext", names, ...files]);
  browser = await openBrowser([`--host-resolver-rules=MAP ${NAME} 127.0.0.1`]);
});
after(async () => {
  await browser.close();
  await rm(dir, { recursive: true });
});

/** The recipe in this language, with everything in it replaced that is one of these. */
function recipe(language: string, replacements: Record<string, string>): string {
  let text = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "m").exec(recipes)?.[1] ?? "";
  for (const [from, to] of Object.entries(replacements)) {
    assert.ok(text.includes(from), `the recipe for ${language} has no "${from}"`);
    text = text.replaceAll(from, to);
  }
  return text;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

interface Running {
  worker: Local;
  port: number;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await withDeadline("the proxy's end", once(child, "exit"));
}

/** Waits until a proxy answers, and fails with what it said if it ends. */
async function untilReady(child: ChildProcess, port: number, protocol = "https"): Promise<void> {
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (data) => {
    said += data;
  });
  await waitFor(`the proxy at ${port}: ${said}`, async () => {
    assert.equal(child.exitCode, null, said);
    const curl = ["-sk", "-o", "/dev/null", "-w", "%{http_code}", `${protocol}://localhost:${port}/c/main`];
    return await promisify(execFile)("curl", curl).then(
      ({ stdout }) => stdout !== "000",
      () => false,
    );
  });
}

async function nginx(t: TestContext, worker: Local, port: number): Promise<void> {
  const server = recipe("nginx", {
    "443 ssl": `127.0.0.1:${port} ssl`,
    "127.0.0.1:8787": worker.url.host,
    "/etc/ssl/board.example.pem": join(dir, "cert.pem"),
    "/etc/ssl/board.example.key": join(dir, "key.pem"),
  });
  const file = join(dir, `nginx-${port}.conf`);
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${dir}/${name};`,
  );
  const around = `daemon off; pid ${dir}/nginx-${port}.pid; error_log stderr; events {}`;
  await writeFile(file, `${around}\nhttp {\naccess_log off; ${places.join(" ")}\n${server}\n}\n`);
  const child = spawn("/usr/sbin/nginx", ["-c", file, "-p", dir], { stdio: ["ignore", "ignore", "pipe"] });
  t.after(() => ended(child));
  await untilReady(child, port);
}

/** nginx as it is: nothing is set but where the Worker is. */
async function plainNginx(t: TestContext, worker: Local, port: number): Promise<void> {
  const file = join(dir, `plain-${port}.conf`);
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${dir}/${name};`,
  );
  const site = `server { listen 127.0.0.1:${port}; location / { proxy_pass http://${worker.url.host}; } }`;
  const around = `daemon off; pid ${dir}/plain-${port}.pid; error_log stderr; events {}`;
  await writeFile(file, `${around}\nhttp {\naccess_log off; ${places.join(" ")}\n${site}\n}\n`);
  const child = spawn("/usr/sbin/nginx", ["-c", file, "-p", dir], { stdio: ["ignore", "ignore", "pipe"] });
  t.after(() => ended(child));
  await untilReady(child, port, "http");
}

async function caddy(t: TestContext, worker: Local, port: number): Promise<void> {
  const site = recipe("caddy", {
    "board.example {": `https://${NAME}:${port}, https://localhost:${port} {\n  tls ${dir}/cert.pem ${dir}/key.pem`,
    "127.0.0.1:8787": worker.url.host,
  });
  const file = join(dir, `Caddyfile-${port}`);
  await writeFile(file, `{\n  admin off\n  auto_https disable_redirects\n}\n${site}`);
  const child = spawn("/usr/bin/caddy", ["run", "--adapter", "caddyfile", "--config", file], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir },
  });
  t.after(() => ended(child));
  await untilReady(child, port);
}

for (const [what, start] of [
  ["nginx", nginx],
  ["Caddy", caddy],
] as const) {
  describe(`the recipe for ${what}`, () => {
    for (const [configuration, varsFor] of [
      ["PUBLIC_URL", (origin: string) => ({ PUBLIC_URL: origin })],
      ["ALLOWED_HOSTS alone", () => ({ ALLOWED_HOSTS: NAME })],
    ] as const) {
      test(`[GD3] [GD6] with ${configuration} the page loads by https, its WebSocket goes live, and a bridge publishes through it`, async (t) => {
        const { worker, port } = await behind(t, start, varsFor);
        const context = await browser.newContext({ ignoreHTTPSErrors: true });
        t.after(() => context.close());
        const page = await context.newPage();
        await page.goto(`https://${NAME}:${port}/c/proxied`);
        await stateOf(page, /^(?:Live|Nothing published yet)/);

        const publisher = await publishThrough(t, worker, port);
        await waitFor("the points in the page", async () => {
          await publisher.send(JSON.stringify({ x: Date.now() / 1000, y: 7 }));
          const series: { y: number[] }[] = await page.evaluate("plotcast.series()");
          return (series[0]?.y.length ?? 0) >= 3;
        });
      });
    }

    test("[GD4a] [GD6] a body of a megabyte passes, and names that are not known are refused", async (t) => {
      const { worker, port } = await behind(t, start, (origin) => ({ PUBLIC_URL: origin }));
      const body = join(dir, "body.json");
      await writeFile(body, `[1]${" ".repeat(1024 * 1024 - 3)}`);
      const curl = async (...args: string[]): Promise<string> =>
        (await promisify(execFile)("curl", ["-sk", "-w", "\n%{http_code}", ...args])).stdout;
      const url = `https://localhost:${port}/c/large`;
      const posted = await curl("-H", `Authorization: Bearer ${worker.token}`, "--data-binary", `@${body}`, url);
      assert.match(posted, /"points":1[\s\S]*\n200$/);
      // Where the proxy has one site only, nginx passes on any name; Caddy answers by itself.
      const refused = await curl("-H", "Host: evil.example", url);
      assert.doesNotMatch(refused, /"y"/);
      if (what === "nginx") assert.match(refused, /host-not-allowed[\s\S]*\n403$/);
    });

    test("[GD10] clients are told apart by the address that the proxy saw, whatever they say themselves", async (t) => {
      const { port } = await behind(t, start, (origin) => ({ PUBLIC_URL: origin }));
      const statuses: string[] = [];
      for (let i = 0; i < 22; i++) {
        const forged = ["CF-Connecting-IP", "X-Forwarded-For", "Forwarded"].flatMap((name) => [
          "-H",
          `${name}: 192.0.2.${i}`,
        ]);
        const { stdout } = await promisify(execFile)("curl", [
          ...["-sk", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Authorization: Bearer wrong", "-d", "1"],
          ...forged,
          `https://localhost:${port}/c/forged`,
        ]);
        statuses.push(stdout);
      }
      assert.deepEqual(
        statuses.slice(0, 20),
        Array.from({ length: 20 }, () => "401"),
      );
      assert.deepEqual(statuses.slice(20), ["429", "429"]);
    });
  });
}

describe("nginx with its default settings", () => {
  test("[PG92a] [PG92c] [TR2g] the page is live by events, has points as they come, and says that WebSockets are stopped", async (t) => {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const worker = await startLocal("test-token", { PUBLIC_URL: origin });
    t.after(() => worker.close());
    await plainNginx(t, worker, port);
    const page = await browser.newPage();
    t.after(() => page.close());
    await page.goto(`${origin}/c/plain`);
    await waitFor("the line of figures", async () =>
      /by events: WebSockets are stopped on the way$/.test((await page.locator("#figures").textContent()) ?? ""),
    );
    for (let y = 1; y <= 3; y++) {
      const headers = { Authorization: `Bearer ${worker.token}` };
      const response = await fetch(`${origin}/c/plain`, { method: "POST", headers, body: JSON.stringify({ y }) });
      assert.equal(response.status, 200);
      await waitFor(`point ${y} in the page`, async () => {
        const series: { y: number[] }[] = await page.evaluate("plotcast.series()");
        return series[0]?.y.join() === [1, 2, 3].slice(0, y).join();
      });
    }
    await stateOf(page, /^Live/);
  });
});

async function behind(
  t: TestContext,
  start: (t: TestContext, worker: Local, port: number) => Promise<void>,
  varsFor: (origin: string) => Record<string, string>,
): Promise<Running> {
  const port = await freePort();
  const worker = await startLocal("test-token", varsFor(`https://${NAME}:${port}`));
  t.after(() => worker.close());
  await start(t, worker, port);
  return { worker, port };
}

async function stateOf(page: Awaited<ReturnType<Browser["newPage"]>>, expected: RegExp): Promise<void> {
  let state = "";
  await waitFor(`the page says ${expected}`, async () => {
    state = (await page.locator("#state").textContent()) ?? "";
    return expected.test(state);
  });
}

/** A bridge in a process of its own, which is told to trust the certificate, and a publisher that is connected to it. */
async function publishThrough(
  t: TestContext,
  worker: Local,
  port: number,
): Promise<{ send(text: string): Promise<void> }> {
  const zmqPort = await freePort();
  const args = [
    "bridge/cli/main.ts",
    "--to",
    `https://localhost:${port}/c/proxied`,
    "--bind",
    `tcp://127.0.0.1:${zmqPort}`,
  ];
  const child = spawn(process.execPath, [...args, "--spool", "none"], {
    cwd: ROOT,
    stdio: "ignore",
    env: { ...process.env, PUBLISH_TOKEN: worker.token ?? "", NODE_EXTRA_CA_CERTS: join(dir, "cert.pem") },
  });
  // What it has left could not go anywhere: the proxy is ended before.
  t.after(() => child.kill("SIGKILL"));
  const publisher = await connectPublisher(`tcp://127.0.0.1:${zmqPort}`);
  t.after(() => publisher.close());
  return { send: (text) => publisher.send(text) };
}
