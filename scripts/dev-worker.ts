/**
 * `npm run dev:worker`: `wrangler dev` for those who work on the Worker itself. It builds anew at every change, and opens
 * what a debugger needs; CONTRIBUTING.md says what that lets others do.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";

const cli = createRequire(import.meta.url).resolve("wrangler");
const child = spawn(process.execPath, ["--no-warnings", cli, "dev", ...process.argv.slice(2)], {
  stdio: "inherit",
  env: {
    ...process.env,
    // Without these anybody who reaches the port runs SQL in every channel, and each request leaves a trace on the disk.
    X_LOCAL_EXPLORER: "false",
    X_LOCAL_OBSERVABILITY: "false",
    // Without these it asks cloudflare.com for sample request data, and sends statistics, at every start.
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_SEND_METRICS: "false",
  },
});
// In a terminal it gets Ctrl-C itself, and ends in its own time.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.once("exit", (code) => process.exit(code ?? 1));
