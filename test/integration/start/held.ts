/** A process that runs the Worker and nothing else. Arguments: port, folder, leash. It sends the process id of workerd. */
import { buildLocal } from "../../../scripts/local/build-local.ts";
import { startWorker } from "../../../scripts/local/local-worker.ts";
import { readWorkerConfig } from "../../../scripts/local/worker-bundle.ts";

const [port, storeDir = "", leash] = process.argv.slice(2);
const config = await readWorkerConfig();
const worker = startWorker({
  configFile: await buildLocal(config, [...Object.keys(config.vars), "PUBLISH_TOKEN"]),
  port: Number(port),
  listening: "ipv4",
  vars: { ...config.vars, PUBLISH_TOKEN: "test-token" },
  storeDir,
  onTrouble: (line) => console.error(line),
  leash: leash === "guard" ? "guard" : undefined,
});
await worker.ready;
process.send?.(worker.pid);
