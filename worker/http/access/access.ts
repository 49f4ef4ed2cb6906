import { type Hosts, type PublicUrls, parseHosts, parsePublicUrls } from "./hosts.ts";
import { type Origins, originFaults, parseEmbedOrigins, parseOrigins } from "./origins.ts";

/** The variables that say which names, sites and frames may be used. */
export interface AccessVars {
  ALLOWED_HOSTS?: string | undefined;
  ALLOWED_ORIGINS?: string | undefined;
  EMBED_ORIGINS?: string | undefined;
  PUBLIC_URL?: string | undefined;
}

/** The same, read. */
export interface Access {
  hosts: Hosts;
  origins: Origins;
  publicUrls: PublicUrls;
}

/** What in these variables can never have an effect, a sentence each: for whoever starts the Worker. */
export function accessFaults(vars: AccessVars): string[] {
  const { hosts, publicUrls } = read(vars);
  return [
    ...publicUrls.faults,
    ...hosts.faults,
    ...originFaults(vars.ALLOWED_ORIGINS ?? ""),
    ...parseEmbedOrigins(vars.EMBED_ORIGINS ?? "").faults,
  ];
}

let last: { key: string; access: Access } | undefined;

/** The variables of this Worker, read once in an isolate, which then logs what is wrong with them. */
export function accessOf(env: AccessVars): Access {
  const key = JSON.stringify([env.ALLOWED_HOSTS, env.ALLOWED_ORIGINS, env.EMBED_ORIGINS, env.PUBLIC_URL]);
  if (last?.key !== key) {
    for (const fault of accessFaults(env)) console.warn(fault);
    last = { key, access: read(env) };
  }
  return last.access;
}

function read(vars: AccessVars): Access {
  return {
    hosts: parseHosts(vars.ALLOWED_HOSTS ?? ""),
    origins: parseOrigins("ALLOWED_ORIGINS", vars.ALLOWED_ORIGINS ?? ""),
    publicUrls: parsePublicUrls(vars.PUBLIC_URL ?? ""),
  };
}
