import type { WorkerConfig } from "./worker-bundle.ts";

/** The files that the configuration embeds, beside it. */
export const MODULES = { worker: "worker.js", front: "front.js", assets: "assets.json" } as const;

/** Of the directory that is given on the command line (`--directory-path`): where channels are stored. */
export const STORE = "store";

/** The sockets of each configuration; their addresses are given on the command line (`--socket-addr`). */
export const SOCKETS = { ipv4: ["http"], both: ["http", "http6"] } as const;

const CLOSED = "allow = []";
/** ("private" includes "local".) */
const OPEN = 'allow = ["public", "private"], tlsOptions = (trustBrowserCas = true)';

/** Which of the configurations: to listen on 127.0.0.1, or on [::1] too. */
export type Listening = keyof typeof SOCKETS;

/**
 * What workerd is to run on this machine, in its own format (node_modules/workerd/workerd.capnp).
 *
 * Nothing but the Worker can be reached: there is no inspector, no debug port and no development tool among the
 * services. The Worker itself can open no connection, unless it fetches keys. Variables come from workerd's environment,
 * so that no file has the token and no other user can read it (others can read arguments).
 *
 * @param vars names of the Worker's variables, the token's too
 * @param fetchesKeys whether it may connect, to fetch them: from anywhere, this machine and its network too
 */
export function workerdConfig(
  { name, compatibilityDate, compatibilityFlags, durableObjects, assets }: WorkerConfig,
  vars: readonly string[],
  fetchesKeys: boolean,
): string {
  const flags = compatibilityFlags.map(quoted).join(", ");
  const compatibility = `compatibilityDate = ${quoted(compatibilityDate)}, compatibilityFlags = [${flags}]`;
  const socket = (of: string): string => `(name = ${quoted(of)}, http = (), service = "front")`;
  return `using Workerd = import "/workerd/workerd.capnp";

const services :List(Workerd.Service) = [
  (name = "front", worker = (
    modules = [(name = "front.js", esModule = embed ${quoted(MODULES.front)})],
    ${compatibility},
    bindings = [(name = "ROUTER", service = "assets")],
  )),
  (name = "assets", assets = (
    path = ${quoted(assets.directory)},
    userWorker = "worker",
    config = embed ${quoted(MODULES.assets)},
  )),
  (name = "worker", worker = (
    modules = [(name = "worker.js", esModule = embed ${quoted(MODULES.worker)})],
    ${compatibility},
    bindings = [
      ${vars.map((of) => `(name = ${quoted(of)}, fromEnvironment = ${quoted(of)}),`).join("\n      ")}
      ${durableObjects.map((each) => `(name = ${quoted(each.binding)}, durableObjectNamespace = ${quoted(each.className)}),`).join("\n      ")}
      (name = "ASSETS", service = (name = "assets", entrypoint = "AssetWorker")),
    ],
    durableObjectNamespaces = [
      ${durableObjects.map(({ className }) => `(className = ${quoted(className)}, enableSql = true, uniqueKey = ${quoted(`${name}-${className}`)}),`).join("\n      ")}
    ],
    durableObjectStorage = (localDisk = ${quoted(STORE)}),
  )),
  (name = ${quoted(STORE)}, disk = (writable = true)),
  (name = "internet", network = (${fetchesKeys ? OPEN : CLOSED})),
];
${Object.entries(SOCKETS)
  .map(
    ([of, sockets]) => `
const ${of} :Workerd.Config = (
  services = .services,
  sockets = [${sockets.map(socket).join(", ")}],
  structuredLogging = true,
);`,
  )
  .join("\n")}
`;
}

/** What `config` of the assets is: where files come before the Worker, and with what headers. */
export function assetsConfig({ assets }: WorkerConfig, headers: string): string {
  return JSON.stringify({
    run_worker_first: assets.runWorkerFirst,
    html_handling: assets.htmlHandling,
    not_found_handling: assets.notFoundHandling,
    headers,
  });
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
