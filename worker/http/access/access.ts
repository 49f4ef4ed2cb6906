import { type CloudflareAccessVars, cloudflareAccessOf } from "../../auth/cloudflare-access.ts";
import { type JwtVars, jwtConfigOf } from "../../auth/jwt-config.ts";
import { type PublicRights, parsePublicRights } from "../../auth/public-rights.ts";
import { parseQuotas, type QuotaConfig, type QuotaVars } from "../../auth/quota-config.ts";
import { readOnce } from "../../auth/read-once.ts";
import { type SecretTokenVars, secretTokenFaults } from "../../auth/secret-tokens.ts";
import { parseWatch, type WatchPolicy } from "../../auth/watch-policy.ts";
import { type Hosts, type PublicUrls, parseHosts, parsePublicUrls } from "./hosts.ts";
import { type Origins, originFaults, parseEmbedOrigins, parseOrigins } from "./origins.ts";

/** The variables that say which names, sites and frames may be used, who may watch, and how much. */
export interface AccessVars extends SecretTokenVars, JwtVars, CloudflareAccessVars, QuotaVars {
  ALLOWED_HOSTS?: string | undefined;
  ALLOWED_ORIGINS?: string | undefined;
  EMBED_ORIGINS?: string | undefined;
  PUBLIC_URL?: string | undefined;
  WATCH?: string | undefined;
  PUBLIC_RIGHTS?: string | undefined;
  AUDIT?: string | undefined;
}

/** The same, read. */
export interface Access {
  hosts: Hosts;
  origins: Origins;
  publicUrls: PublicUrls;
  watch: WatchPolicy;
  publicRights: PublicRights;
  quotas: QuotaConfig;
  /** Whether it is logged who was refused, and what was done with a token. */
  isAudited: boolean;
  /** Whether Cloudflare Access stands before the Worker. Where not, whoever asks can send its header. */
  hasAssertions: boolean;
}

/** What in these variables can never have an effect, a sentence each: for whoever starts the Worker. */
export function accessFaults(vars: AccessVars): string[] {
  const { hosts, publicUrls } = read(vars);
  return [
    ...publicUrls.faults,
    ...hosts.faults,
    ...originFaults(vars.ALLOWED_ORIGINS ?? ""),
    ...parseEmbedOrigins(vars.EMBED_ORIGINS ?? "").faults,
    ...parseWatch(vars.WATCH).faults,
    ...parsePublicRights(vars.PUBLIC_RIGHTS ?? "").faults,
    ...secretTokenFaults(vars),
    ...parseQuotas(vars).faults,
    ...auditFaults(vars),
    ...jwtConfigOf(vars).faults,
    ...cloudflareAccessOf(vars).faults,
  ];
}

/** Whether the Worker opens connections, which it does only to fetch keys. */
export function fetchesKeys(vars: JwtVars & CloudflareAccessVars): boolean {
  return jwtConfigOf(vars).jwksUrl !== undefined || cloudflareAccessOf(vars).isOn;
}

/** Of all of these. */
const NAMES = [
  "ALLOWED_HOSTS",
  "ALLOWED_ORIGINS",
  "EMBED_ORIGINS",
  "PUBLIC_URL",
  "WATCH",
  "PUBLIC_RIGHTS",
  "PUBLISH_TOKEN",
  "ADMIN_TOKEN",
  "QUOTA_TOKEN",
  "QUOTA_ADDRESS",
  "AUDIT",
  "JWT_SECRETS",
  "JWT_AUDIENCE",
  "JWT_ISSUER",
  "JWT_JWKS_URL",
  "ACCESS_TEAM",
  "ACCESS_AUD",
  "ACCESS_RIGHTS",
] as const satisfies (keyof AccessVars)[];

/** The variables of this Worker, read; what is wrong with them is then logged. */
export const accessOf = readOnce<AccessVars, Access>(NAMES, (vars) => {
  for (const fault of accessFaults(vars)) console.warn(fault);
  return read(vars);
});

function auditFaults({ AUDIT = "on" }: AccessVars): string[] {
  return ["", "on", "off"].includes(AUDIT) ? [] : ['AUDIT is neither "on" nor "off"; it counts as "on".'];
}

function read(vars: AccessVars): Access {
  return {
    hosts: parseHosts(vars.ALLOWED_HOSTS ?? ""),
    origins: parseOrigins("ALLOWED_ORIGINS", vars.ALLOWED_ORIGINS ?? ""),
    publicUrls: parsePublicUrls(vars.PUBLIC_URL ?? ""),
    watch: parseWatch(vars.WATCH),
    publicRights: parsePublicRights(vars.PUBLIC_RIGHTS ?? ""),
    quotas: parseQuotas(vars),
    isAudited: vars.AUDIT !== "off",
    hasAssertions: cloudflareAccessOf(vars).isOn,
  };
}
