/** What Grafana's Infinity data source sends for a query of the example dashboard (grafana/grafana-infinity-datasource 3.11, pkg/infinity/request.go and headers.go). */
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { isObject } from "../../protocol/json/json.ts";
import { withDeadline } from "./wait.ts";

const DASHBOARD = new URL("../../examples/grafana/plotcast-dashboard.json", import.meta.url);
/** ApplyAcceptHeader. */
const ACCEPT: Readonly<Record<string, string>> = {
  json: "application/json;q=0.9,text/plain",
  csv: "text/csv; charset=utf-8",
};

export interface InfinityQuery {
  type: string;
  parser: string;
  url: string;
  params: { key: string; value: string }[];
  rootSelector: string;
  columns: { selector: string; text: string; type: string }[];
}

/** The queries of the dashboard's panels, in order. */
export async function dashboardQueries(): Promise<InfinityQuery[]> {
  const dashboard: { panels: { targets: unknown[] }[] } = JSON.parse(await readFile(DASHBOARD, "utf8"));
  return dashboard.panels.flatMap(({ targets }) => targets).map(queryIn);
}

function queryIn(target: unknown): InfinityQuery {
  if (!isObject(target) || !isObject(target.url_options)) throw new TypeError("This is no query of Infinity.");
  const { type, parser, url, root_selector, columns } = target;
  const { params } = target.url_options;
  const lists = { params, columns };
  if (!Array.isArray(lists.params) || !Array.isArray(lists.columns)) throw new TypeError("A query has lists.");
  return {
    ...{ type: String(type), parser: String(parser), url: String(url), rootSelector: String(root_selector) },
    ...{ params: lists.params, columns: lists.columns },
  };
}

/** Puts a dashboard's variables, and the range of time, into a text, as Grafana does. */
export function interpolated(
  template: string,
  variables: Record<string, string>,
  fromMs: number,
  toMs: number,
): string {
  const iso = (ms: number): string => new Date(ms).toISOString();
  const all: Record<string, string> = {
    ...variables,
    ...{ __from: `${fromMs}`, __to: `${toMs}`, "__from:date:iso": iso(fromMs), "__to:date:iso": iso(toMs) },
  };
  return template.replace(/\$\{([^}]+)\}/g, (whole, name) => all[name] ?? whole);
}

/** Sends a request as Go's net/http writes it, and gives back all of the answer. */
export async function askAsInfinity(
  origin: URL,
  query: InfinityQuery,
  fill: (template: string) => string,
  token?: string,
): Promise<{ head: string; body: string }> {
  // url.Values.Encode sorts by key, and QueryEscape escapes all but letters, digits and -_.~ (net/url).
  const parts = query.params
    .map(({ key, value }) => [key, fill(value)].map(queryEscaped).join("="))
    .sort((a, b) => (a < b ? -1 : 1));
  const lines = [
    `GET ${fill(query.url)}?${parts.join("&")} HTTP/1.1`,
    `Host: ${origin.host}`,
    "User-Agent: Go-http-client/1.1",
    `Accept: ${ACCEPT[query.type]}`,
    "Accept-Encoding: gzip",
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    "Connection: close",
  ];
  const socket = connect(Number(origin.port), origin.hostname);
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  const answer = await withDeadline("an answer", buffer(socket));
  const end = answer.indexOf("\r\n\r\n");
  const head = answer.toString("latin1", 0, end);
  const rest = answer.subarray(end + 4);
  const whole = /^transfer-encoding: chunked/im.test(head) ? unchunked(rest) : rest;
  // getBodyBytes unpacks gzip, and nothing else.
  return { head, body: (/^content-encoding: gzip/im.test(head) ? gunzipSync(whole) : whole).toString() };
}

function queryEscaped(value: string): string {
  return encodeURIComponent(value)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

function unchunked(chunks: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = chunks.indexOf("\r\n", at);
    const length = Number.parseInt(chunks.toString("latin1", at, lineEnd), 16);
    if (!(length > 0)) return Buffer.concat(parts);
    parts.push(chunks.subarray(lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + length + 2;
  }
}
