import type { Row } from "../table.ts";

/** What the edge is configured with that these are tried at. */
export const HOST_VARS = {
  ALLOWED_HOSTS: "board.example, .lab.example",
  PUBLIC_URL: "https://public.example:8443",
};

/** A name in `Host`. `no-http` where the runtime refuses it. */
export interface HostRow extends Row {
  host: string;
  is: "known" | "unknown" | "no-http";
  /** Further lines of the head. */
  head?: string;
}

/** Stands for the port that the edge listens at. */
export const PORT = "PORT";

const known = (host: string, name = host): HostRow => ({ name: `${name} is known`, host, is: "known" });
const unknown = (host: string, name = host): HostRow => ({ name: `${name} is not known`, host, is: "unknown" });
const nohttp = (name: string, host: string): HostRow => ({ name, host, is: "no-http" });
const by = (is: HostRow["is"], head: string, host = `127.0.0.1:${PORT}`): HostRow => ({
  name: `${head} with Host ${host} is ${is}`,
  host,
  is,
  head: `${head}\r\n`,
});

export const HOSTS: HostRow[] = [
  known(`localhost:${PORT}`),
  known("localhost"),
  known("LOCALHOST:80"),
  known("localhost."),
  known(`plot.localhost:${PORT}`),
  known(`127.0.0.1:${PORT}`),
  known("127.1.2.3"),
  known(`[::1]:${PORT}`),
  known("[::ffff:127.0.0.1]"),
  known("192.168.1.7:8787"),
  known("203.0.113.9"),
  known("board.example"),
  known("BOARD.EXAMPLE:8787"),
  known("board.example."),
  known("a.lab.example"),
  known("a.b.lab.example:1"),
  known("public.example:8443"),
  known("public.example:1"),
  known("plotcast.me.workers.dev"),
  // As URLs read them, these are addresses, which no site can have as its name.
  known("0x7f000001"),
  known("2130706433"),
  known("0177.0.0.1"),
  known("127.1"),

  unknown("evil.example"),
  unknown(`evil.example:${PORT}`),
  unknown("evil.example."),
  unknown("localhost.evil.example"),
  unknown("evil-localhost"),
  unknown("evillocalhost"),
  unknown("xlocalhost:8787"),
  unknown("localhost.localdomain"),
  unknown("local.host"),
  unknown("localhost.com"),
  unknown("127.0.0.1.evil.example"),
  unknown("127.0.0.1.nip.io"),
  unknown("127-0-0-1.sslip.io"),
  unknown("7f000001.c0a80001.rbndr.us"),

  unknown("board.example.evil.example"),
  unknown("evilboard.example"),
  unknown("a.board.example"),
  unknown("lab.example"),
  unknown("evillab.example"),
  unknown("lab.example.evil.example"),
  unknown("public.example.evil.example"),
  unknown("workers.dev"),
  unknown("evilworkers.dev"),
  unknown("me.workers.dev.evil.example"),
  unknown("xn--localhst-8db"),
  unknown("metadata.google.internal"),
  unknown("wpad"),
  unknown("plotcast"),
  unknown("_"),
  unknown(`${"a".repeat(63)}.${"b".repeat(63)}.example`, "a long name"),

  by("unknown", "X-Forwarded-Host: evil.example"),
  by("unknown", "X-Forwarded-Host: localhost, evil.example"),
  by("unknown", "Forwarded: for=127.0.0.1;host=evil.example"),
  by("unknown", 'Forwarded: for=127.0.0.1;host="evil.example:8443"'),
  by("unknown", "X-Forwarded-Host: localhost", "evil.example"),
  by("unknown", "X-Forwarded-Host: board.example", `evil.example:${PORT}`),
  by("unknown", "Sec-Fetch-Site: same-origin", `evil.example:${PORT}`),
  by("unknown", `Origin: http://evil.example:${PORT}\r\nSec-Fetch-Site: same-origin`, `evil.example:${PORT}`),
  by("unknown", `Origin: http://localhost:${PORT}`, `evil.example:${PORT}`),
  by("known", "X-Forwarded-Host: board.example"),

  nohttp("a user before the host", "localhost@evil.example"),
  nohttp("a user and a password before the host", "localhost:80@evil.example"),
  nohttp("a path behind the host", "localhost/evil.example"),
  nohttp("a backslash behind the host", "localhost\\evil.example"),
  nohttp("a query behind the host", "localhost?evil.example"),
  nohttp("a fragment behind the host", "localhost#evil.example"),
  nohttp("two hosts in one header", "localhost, evil.example"),
  nohttp("two hosts in two headers", "localhost\r\nHost: evil.example"),
  nohttp("a blank in the host", "local host"),
  nohttp("an empty host", ""),
  nohttp("a dot", "."),
  nohttp("a port that is none", "localhost:x"),
  nohttp("a port beyond all", "localhost:99999"),
  nohttp("half an address", "[::1"),
  nohttp("an address of no family", "[::g]"),
  nohttp("an address beyond all", "256.256.256.256"),
  nohttp("an address of five numbers", "1.2.3.4.5"),
  nohttp("an encoded dot", "localhost%2eevil.example"),
  nohttp("an encoded slash", "localhost%2fevil.example"),
  nohttp("a NUL", "localhost\0.evil.example"),
];
