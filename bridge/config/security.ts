import { isAbsolute, join } from "node:path";
import type { SecurityConfig } from "./config.ts";
import { makeKeys, publicKeyOf } from "./curve-key.ts";
import { KeyFault } from "./errors.ts";
import { readAllowed, readKeys, readSecret, readUsers, SecretFileError } from "./key-files.ts";
import type { Values } from "./values.ts";

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
 * @throws KeyFault
 */
export function securityOf(source: Values, from: SecretSources): SecurityConfig {
  const curve = source.table("curve");
  const plain = source.table("plain");
  if (curve !== undefined && plain !== undefined) {
    throw source.fault("plain", "a socket has one of curve and plain: leave one out.");
  }
  if (curve !== undefined) return curveOf(curve, from);
  return plain === undefined ? { mechanism: "none" } : plainOf(plain, from);
}

function curveOf(curve: Values, from: SecretSources): SecurityConfig {
  const isServer = curve.text("role") === "server";
  for (const key of isServer ? ["server_key", "server_key_file"] : ["allow", "allow_file"]) {
    if (!curve.has(key)) continue;
    throw curve.fault(
      key,
      isServer
        ? "only a client has the server's key: leave it out."
        : "only a server has this, and the role is client.",
    );
  }
  const own = ownKeys(curve, from);
  if (isServer) {
    if (own === undefined) {
      throw curve.fault(
        "secret_key_file",
        "a server needs a secret key: name a file with one, such as bridge.key_secret.",
      );
    }
    return { mechanism: "curve-server", ...own, allow: allowed(curve, from) };
  }
  const serverKey = oneOf(
    curve,
    "server_key",
    "server_key_file",
    (file) => readKeys(file, "publicKey").publicKey,
    from,
  );
  if (serverKey === undefined) {
    throw curve.fault("server_key", "a client needs the server's public key: Z85 text of 40 characters.");
  }
  return { mechanism: "curve-client", serverKey, ...(own ?? makeKeys()) };
}

function ownKeys(curve: Values, from: SecretSources): { publicKey: string; secretKey: string } | undefined {
  const variable = curve.text("secret_key_env");
  if (variable !== undefined) {
    if (curve.has("secret_key_file"))
      throw curve.fault("secret_key_env", "there is a secret_key_file already: leave one out.");
    const secretKey = from.env[variable]?.trim() ?? "";
    const publicKey = publicKeyOf(secretKey);
    if (publicKey !== undefined) return { publicKey, secretKey };
    throw curve.fault(
      "secret_key_env",
      "set the variable that this names in the environment to a CURVE key, Z85 text of 40 characters.",
    );
  }
  const keys = fromFile(curve, "secret_key_file", (file) => readKeys(file, "secretKey"), from);
  if (keys?.secretKey === undefined) return undefined;
  const publicKey = publicKeyOf(keys.secretKey);
  if (publicKey === undefined || (keys.publicKey !== undefined && keys.publicKey !== publicKey)) {
    throw curve.fault("secret_key_file", "the two keys in this file do not belong together.");
  }
  return { publicKey, secretKey: keys.secretKey };
}

function allowed(curve: Values, from: SecretSources): string[] | undefined {
  const listed = curve.texts("allow");
  const filed = fromFile(curve, "allow_file", readAllowed, from);
  if (filed?.length === 0) throw curve.fault("allow_file", "there is no key in it, so nobody could connect.");
  return listed === undefined && filed === undefined ? undefined : [...new Set([...(listed ?? []), ...(filed ?? [])])];
}

function plainOf(plain: Values, from: SecretSources): SecurityConfig {
  const users = fromFile(plain, "users_file", readUsers, from);
  const user = plain.text("user");
  if (users !== undefined) {
    const surplus = ["user", "password_env", "password_file"].find((key) => plain.has(key));
    if (surplus !== undefined)
      throw plain.fault(surplus, "users_file makes this a server, which has no user of its own.");
    return { mechanism: "plain-server", users };
  }
  if (user === undefined)
    throw plain.fault("user", "this is missing: give a client's name, or users_file for a server.");
  if (plain.has("password_env") && plain.has("password_file")) {
    throw plain.fault("password_env", "there is a password_file already: leave one out.");
  }
  const filed = fromFile(plain, "password_file", readSecret, from);
  if (filed !== undefined) return { mechanism: "plain-client", user, password: filed };
  const given = plain.text("password_env");
  const password = from.env[given ?? DEFAULT_PASSWORD_ENV];
  if (password) return { mechanism: "plain-client", user, password };
  // Some write the password itself where the name of its variable belongs: that is not said.
  const variable = given === undefined ? DEFAULT_PASSWORD_ENV : "the variable that this names";
  throw plain.fault("password_env", `${variable} is not set: set it in the environment to this user's password.`);
}

/** A value that stands here, or in a file. */
function oneOf(
  values: Values,
  key: string,
  fileKey: string,
  read: (file: string) => string | undefined,
  from: SecretSources,
): string | undefined {
  const given = values.text(key);
  if (given !== undefined && values.has(fileKey))
    throw values.fault(fileKey, `there is a ${key} already: leave one out.`);
  return given ?? fromFile(values, fileKey, read, from);
}

function fromFile<T>(values: Values, key: string, read: (file: string) => T, { folder }: SecretSources): T | undefined {
  const file = values.text(key);
  if (file === undefined) return undefined;
  try {
    return read(isAbsolute(file) ? file : join(folder, file));
  } catch (error) {
    if (error instanceof SecretFileError) throw new KeyFault([...values.path, key], error.message);
    throw error;
  }
}
