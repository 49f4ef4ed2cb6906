import { isKey } from "./curve-key.ts";
import { type Keys, many, one } from "./key.ts";
import { choice, file, some, text } from "./scalars.ts";

const z85 = text((value) => (isKey(value) ? undefined : "a CURVE key is Z85 text of 40 characters"), {
  minLength: 40,
  maxLength: 40,
});
const variable = text((value) =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(value) ? undefined : "give the name of an environment variable",
);

export const CURVE_KEYS: Keys = [
  one(
    "role",
    choice("role", ["client", "server"]),
    "server: this bridge proves who it is; client: the other side does",
    {
      flag: "--curve-server",
      flagMeans: "server",
      flagSummary: "this bridge is the server of CURVE: it proves who it is",
      otherwise: "client",
    },
  ),
  one("server_key", z85, "public key of the other side, for a client", { flag: "--curve-server-key <z85>" }),
  one("server_key_file", file, "the same in a file: a ZeroMQ certificate (.key), or the key alone", {
    flag: "--curve-server-key-file <file>",
  }),
  one("secret_key_file", file, "this bridge's own: a ZeroMQ certificate (.key_secret), or the secret key alone", {
    flag: "--curve-secret-key-file <file>",
    otherwise: "a client makes keys for itself",
  }),
  one("secret_key_env", variable, "environment variable with this bridge's secret key", {
    flag: "--curve-secret-key-env <variable>",
  }),
  many("allow", z85, "public keys of the clients that a server takes", {
    flag: "--curve-allow <z85>",
    otherwise: "whoever knows the server's",
  }),
  one("allow_file", file, "the same in a file, one a line, or a folder of certificates (*.key)", {
    flag: "--curve-allow-file <file>",
  }),
];

export const PLAIN_KEYS: Keys = [
  one("user", some, "the name that a client gives", { flag: "--plain-user <name>" }),
  one("password_env", variable, "environment variable with its password", {
    flag: "--plain-password-env <variable>",
    otherwise: "PLAIN_PASSWORD",
  }),
  one("password_file", file, "file whose first line is its password", { flag: "--plain-password-file <file>" }),
  one("users_file", file, "for a server: user=password, one a line", { flag: "--plain-users-file <file>" }),
];
