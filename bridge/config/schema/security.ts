import * as z from "zod/mini";
import { isKey } from "../syntax/curve-key.ts";
import { key } from "./keys.ts";
import { choice, file, nonEmptyText, text, texts } from "./kinds.ts";
import { table } from "./tables.ts";

const keyFault = (value: string): string | undefined =>
  isKey(value) ? undefined : "a CURVE key is Z85 text of 40 characters";
const KEY_LENGTH = z.length(40, "a CURVE key is Z85 text of 40 characters.");
const z85 = text(keyFault).check(KEY_LENGTH);
const variable = text((value) =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(value) ? undefined : "give the name of an environment variable",
);

/** `[source.curve]` */
export const CURVE_TABLE = table("source.curve", {
  role: key(z.prefault(choice("role", ["client", "server"]), "client"), {
    summary: "server: this bridge proves who it is; client: the other side does",
    flag: "--curve-server",
    flagMeans: "server",
    flagSummary: "this bridge is the server of CURVE: it proves who it is",
  }),
  server_key: key(z.optional(z85), {
    summary: "public key of the other side, for a client",
    flag: "--curve-server-key <z85>",
  }),
  server_key_file: key(z.optional(file), {
    summary: "the same in a file: a ZeroMQ certificate (.key), or the key alone",
    flag: "--curve-server-key-file <file>",
  }),
  secret_key_file: key(z.optional(file), {
    summary: "this bridge's own: a ZeroMQ certificate (.key_secret), or the secret key alone",
    flag: "--curve-secret-key-file <file>",
    otherwise: "a client makes keys for itself",
  }),
  secret_key_env: key(z.optional(variable), {
    summary: "environment variable with this bridge's secret key",
    flag: "--curve-secret-key-env <variable>",
  }),
  allow: key(z.optional(texts(keyFault, KEY_LENGTH)), {
    summary: "public keys of the clients that a server takes",
    flag: "--curve-allow <z85>",
    flagTakes: "repeat",
    otherwise: "whoever knows the server's",
  }),
  allow_file: key(z.optional(file), {
    summary: "the same in a file, one a line, or a folder of certificates (*.key)",
    flag: "--curve-allow-file <file>",
  }),
});

/** `[source.plain]` */
export const PLAIN_TABLE = table("source.plain", {
  user: key(z.optional(nonEmptyText), { summary: "the name that a client gives", flag: "--plain-user <name>" }),
  password_env: key(z.optional(variable), {
    summary: "environment variable with its password",
    flag: "--plain-password-env <variable>",
    otherwise: "PLAIN_PASSWORD",
  }),
  password_file: key(z.optional(file), {
    summary: "file whose first line is its password",
    flag: "--plain-password-file <file>",
  }),
  users_file: key(z.optional(file), {
    summary: "for a server: user=password, one a line",
    flag: "--plain-users-file <file>",
  }),
});

export type CurveValues = z.output<typeof CURVE_TABLE>;
export type PlainValues = z.output<typeof PLAIN_TABLE>;
