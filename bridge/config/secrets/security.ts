import { isAbsolute, join } from "node:path";
import type { SecurityConfig } from "../config.ts";
import { KeyFault, type KeyPath } from "../errors.ts";
import type { CurveValues, PlainValues } from "../schema/security.ts";
import type { SourceValues } from "../schema/source.ts";
import { type KeyPair, makeKeys, publicKeyOf } from "../syntax/curve-key.ts";
import { readAllowed, readKeys, readSecret, readUsers, SecretFileError } from "./key-files.ts";

export type Environment = Partial<Record<string, string>>;

/** Where secrets come from. */
export interface SecretSources {
  env: Environment;
  /** What names of files are relative to. */
  folder: string;
}

const DEFAULT_PASSWORD_ENV = "PLAIN_PASSWORD";

/**
 * How a source's connections are secured. Files are read, and environment variables, which are never said.
 * @param path of the source
 * @throws KeyFault
 */
export function securityOf({ curve, plain }: SourceValues, path: KeyPath, from: SecretSources): SecurityConfig {
  if (curve !== undefined && plain !== undefined) {
    throw new KeyFault([...path, "plain"], "a socket has one of curve and plain: leave one out.");
  }
  if (curve !== undefined) return curveOf(curve, new SecretTable([...path, "curve"], from.folder), from.env);
  if (plain !== undefined) return plainOf(plain, new SecretTable([...path, "plain"], from.folder), from.env);
  return { mechanism: "none" };
}

/** A table of these keys: where it stands, and what files that it names are relative to. */
class SecretTable {
  readonly #path: KeyPath;
  readonly #folder: string;

  constructor(path: KeyPath, folder: string) {
    this.#path = path;
    this.#folder = folder;
  }

  fault(key: string, message: string): KeyFault {
    return new KeyFault([...this.#path, key], message);
  }

  /** What is in the file that a key names. @throws KeyFault */
  read<T>(key: string, file: string | undefined, reader: (file: string) => T): T | undefined {
    if (file === undefined) return undefined;
    try {
      return reader(isAbsolute(file) ? file : join(this.#folder, file));
    } catch (error) {
      if (error instanceof SecretFileError) throw this.fault(key, error.message);
      throw error;
    }
  }
}

function curveOf(curve: CurveValues, at: SecretTable, env: Environment): SecurityConfig {
  const isServer = curve.role === "server";
  const surplus = isServer ? (["server_key", "server_key_file"] as const) : (["allow", "allow_file"] as const);
  for (const key of surplus) {
    if (curve[key] === undefined) continue;
    throw at.fault(
      key,
      isServer
        ? "only a client has the server's key: leave it out."
        : "only a server has this, and the role is client.",
    );
  }
  const own = ownKeys(curve, at, env);
  if (isServer) {
    if (own !== undefined) return { mechanism: "curve-server", ...own, allow: allowed(curve, at) };
    throw at.fault("secret_key_file", "a server needs a secret key: name a file with one, such as bridge.key_secret.");
  }
  if (curve.server_key !== undefined && curve.server_key_file !== undefined) {
    throw at.fault("server_key_file", "there is a server_key already: leave one out.");
  }
  const filed = at.read("server_key_file", curve.server_key_file, (file) => readKeys(file, "publicKey").publicKey);
  const serverKey = curve.server_key ?? filed;
  if (serverKey !== undefined) return { mechanism: "curve-client", serverKey, ...(own ?? makeKeys()) };
  throw at.fault("server_key", "a client needs the server's public key: Z85 text of 40 characters.");
}

function ownKeys(curve: CurveValues, at: SecretTable, env: Environment): KeyPair | undefined {
  const variable = curve.secret_key_env;
  if (variable !== undefined) {
    if (curve.secret_key_file !== undefined) {
      throw at.fault("secret_key_env", "there is a secret_key_file already: leave one out.");
    }
    const secretKey = env[variable]?.trim() ?? "";
    const publicKey = publicKeyOf(secretKey);
    if (publicKey !== undefined) return { publicKey, secretKey };
    throw at.fault(
      "secret_key_env",
      "set the variable that this names in the environment to a CURVE key, Z85 text of 40 characters.",
    );
  }
  const keys = at.read("secret_key_file", curve.secret_key_file, (file) => readKeys(file, "secretKey"));
  if (keys?.secretKey === undefined) return undefined;
  const publicKey = publicKeyOf(keys.secretKey);
  if (publicKey === undefined || (keys.publicKey !== undefined && keys.publicKey !== publicKey)) {
    throw at.fault("secret_key_file", "the two keys in this file do not belong together.");
  }
  return { publicKey, secretKey: keys.secretKey };
}

function allowed({ allow: listed, allow_file: file }: CurveValues, at: SecretTable): string[] | undefined {
  const filed = at.read("allow_file", file, readAllowed);
  if (filed?.length === 0) throw at.fault("allow_file", "there is no key in it, so nobody could connect.");
  return listed === undefined && filed === undefined ? undefined : [...new Set([...(listed ?? []), ...(filed ?? [])])];
}

function plainOf(plain: PlainValues, at: SecretTable, env: Environment): SecurityConfig {
  const { user, password_env: given, password_file: file } = plain;
  const users = at.read("users_file", plain.users_file, readUsers);
  if (users !== undefined) {
    const surplus = (["user", "password_env", "password_file"] as const).find((key) => plain[key] !== undefined);
    if (surplus === undefined) return { mechanism: "plain-server", users };
    throw at.fault(surplus, "users_file makes this a server, which has no user of its own.");
  }
  if (user === undefined) throw at.fault("user", "this is missing: give a client's name, or users_file for a server.");
  if (given !== undefined && file !== undefined) {
    throw at.fault("password_env", "there is a password_file already: leave one out.");
  }
  const filed = at.read("password_file", file, readSecret);
  if (filed !== undefined) return { mechanism: "plain-client", user, password: filed };
  const password = env[given ?? DEFAULT_PASSWORD_ENV];
  if (password) return { mechanism: "plain-client", user, password };
  // Some write the password itself where the name of its variable belongs: that is not said.
  const variable = given === undefined ? DEFAULT_PASSWORD_ENV : "the variable that this names";
  throw at.fault("password_env", `${variable} is not set: set it in the environment to this user's password.`);
}
