import { escaped } from "./printable.ts";

/**
 * What was tried: `request`, to ask the Worker; `publisher`, to connect to a publisher that binds; `listen`, to open an address of this machine to others; `accept`, to let
 * somebody in there; `file`, to make a file or a folder, or to read one.
 */
export type Attempt = "request" | "publisher" | "listen" | "accept" | "file";

const NO_SUCH_HOST = "no machine of this name is known. Check how the host is spelt";
const NO_WAY = "there is no way to this address. Check this machine's network, and the host";
const TOO_MANY_FILES = "this process has too many files and connections open. Allow it more (ulimit -n)";
const CUT =
  "the connection was cut before an answer came. If this goes on, check host and port, and whether it is http:// or https://";
const NO_CONNECTION = "nothing answers there. Check host and port, and whether a firewall is in between";
const NO_ANSWER = "something takes connections there and does not answer. Check that it is the Worker's port";
const NOT_TRUSTED =
  "its certificate comes from nobody that this machine trusts. If you do, start with NODE_EXTRA_CA_CERTS=<file with the CA's certificate>";

/** Codes of libuv (https://docs.libuv.org/en/v1.x/errors.html), undici, llhttp and OpenSSL, as a request ends with them. */
const REQUEST: Readonly<Record<string, string>> = {
  ENOTFOUND: NO_SUCH_HOST,
  EAI_AGAIN: "the host's name cannot be looked up now. Check this machine's network and its DNS",
  ECONNREFUSED: "nothing listens there. Start the Worker, or check host and port",
  ECONNRESET: CUT,
  ECONNABORTED: CUT,
  EPIPE: CUT,
  UND_ERR_SOCKET: CUT,
  ETIMEDOUT: NO_CONNECTION,
  UND_ERR_CONNECT_TIMEOUT: NO_CONNECTION,
  UND_ERR_HEADERS_TIMEOUT: NO_ANSWER,
  UND_ERR_BODY_TIMEOUT: NO_ANSWER,
  UND_ERR_HEADERS_OVERFLOW: "what answers there is not Plotcast: its headers have no end. Check host and port",
  EHOSTUNREACH: NO_WAY,
  EHOSTDOWN: NO_WAY,
  ENETUNREACH: NO_WAY,
  ENETDOWN: NO_WAY,
  EADDRNOTAVAIL: NO_WAY,
  EACCES: "this machine does not allow the connection. Check its firewall, and the host",
  EPERM: "this machine does not allow the connection. Check its firewall",
  EMFILE: TOO_MANY_FILES,
  ENFILE: TOO_MANY_FILES,
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name. Use the name that the certificate has",
  CERT_HAS_EXPIRED: "its certificate has expired. Renew it, or set this machine's clock",
  CERT_NOT_YET_VALID: "its certificate is not valid yet. Set this machine's clock",
  DEPTH_ZERO_SELF_SIGNED_CERT: NOT_TRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: NOT_TRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: NOT_TRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NOT_TRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NOT_TRUSTED,
  CERT_UNTRUSTED: NOT_TRUSTED,
  ERR_SSL_WRONG_VERSION_NUMBER: "that port does not speak TLS. Use http://, or the port that does",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "that port does not speak TLS. Use http://, or the port that does",
  EPROTO: "that port does not speak TLS as this side does. Check host and port; without TLS it is http://",
};

/** Codes that have many members, by how they begin. */
const REQUEST_FAMILIES: readonly (readonly [prefix: string, sentence: string])[] = [
  ["EAI_", NO_SUCH_HOST],
  ["HPE_", "what answers there does not speak HTTP. Check the port; one that speaks TLS needs https://"],
  ["ERR_SSL_", "the two sides cannot agree on TLS. Check host and port, and what the server there allows"],
  ["ERR_TLS_", "the two sides cannot agree on TLS. Check host and port, and what the server there allows"],
  ["CERT_", "its certificate cannot be used. Look at it with: openssl s_client -connect <host>:<port>"],
  ["UNABLE_TO_", NOT_TRUSTED],
];

const NOBODY_LISTENS =
  "nobody listens there. Is the publisher running, and is this its address? If it connects instead of binding, use --bind here";
/** Others are as of a request. */
const PUBLISHER: Readonly<Record<string, string>> = {
  ECONNREFUSED: NOBODY_LISTENS,
  ENOENT: NOBODY_LISTENS,
  ENOTSOCK: "what is there is no socket. Check the path",
  EACCES:
    "this user may not connect there. Whoever connects to an ipc socket must be allowed to write to it and to enter its " +
    "folders: let its owner change that (chmod), or run both as one user. For tcp, see this machine's firewall",
};

const LISTEN: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program is using it",
  EACCES: "this user may not listen there. Ports below 1024 need more rights: take one of 1024 or more",
  EPERM: "this user may not listen there",
  EADDRNOTAVAIL: "this machine has no such address",
  ENODEV: "this machine has no such address or network interface",
  EAFNOSUPPORT: "this machine has no IPv6",
  ENOTFOUND: NO_SUCH_HOST,
  EAI_AGAIN: "its name cannot be looked up now. Give the address as a number",
  EMFILE: TOO_MANY_FILES,
  ENFILE: TOO_MANY_FILES,
};

const ACCEPT: Readonly<Record<string, string>> = {
  EMFILE: TOO_MANY_FILES,
  ENFILE: TOO_MANY_FILES,
  ENOBUFS: "this machine has no memory left for connections",
  ENOMEM: "this machine has no memory left for connections",
  ECONNABORTED: "the other side left again at once",
};

const NOT_ALLOWED = "this user may not. Choose a place of your own, or change its rights";
const FILE: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: NOT_ALLOWED,
  EPERM: NOT_ALLOWED,
  EROFS: "that disk is read-only. Choose a place on another",
  ENOSPC: "the disk is full. Make room on it",
  EDQUOT: "this user may not have more on that disk. Make room on it",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is a file, and no folder",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "its links lead in a circle",
  EMFILE: TOO_MANY_FILES,
  ENFILE: TOO_MANY_FILES,
};

/**
 * What an error's code means and what to do, in plain words without a full stop at the end.
 * @returns undefined if the code says nothing by itself
 */
export function adviceOnCode(code: string, attempt: Attempt): string | undefined {
  switch (attempt) {
    case "request":
      return own(REQUEST, code) ?? REQUEST_FAMILIES.find(([prefix]) => code.startsWith(prefix))?.[1];
    case "publisher":
      return own(PUBLISHER, code) ?? adviceOnCode(code, "request");
    case "listen":
      return own(LISTEN, code);
    case "accept":
      return own(ACCEPT, code);
    case "file":
      return own(FILE, code);
    default:
      return attempt satisfies never;
  }
}

/** {@link adviceOnCode} with the code in brackets; of an error that has no known code, what it says of itself. */
export function errorAdvice(error: unknown, attempt: Attempt): string {
  const code = errorCode(error);
  const advice = adviceOnCode(code, attempt);
  if (advice !== undefined) return `${advice} (${code})`;
  const said = error instanceof Error ? escaped(error.message, MAX_SAID_LENGTH) || error.name : "unknown";
  return code === "" || said.includes(code) ? said : `${said} (${code})`;
}

const MAX_SAID_LENGTH = 120;

/** The system's, undici's or OpenSSL's code; "" if there is none. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return "";
  // undici gives the code of its parser to some of these errors only.
  if (error.name === "HTTPParserError" && !("code" in error && error.code)) return "HPE_INVALID_CONSTANT";
  // A name with several addresses fails with an AggregateError, whose own message is empty.
  const [first] = error instanceof AggregateError ? error.errors : [];
  const code = "code" in error ? error.code : first instanceof Error && "code" in first ? first.code : undefined;
  return typeof code === "string" ? code : "";
}

function own(advice: Readonly<Record<string, string>>, code: string): string | undefined {
  return Object.hasOwn(advice, code) ? advice[code] : undefined;
}
