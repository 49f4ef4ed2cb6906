/** Requests that `fetch` would not send, or would put in order first. Connections are not kept. */
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { withDeadline } from "./wait.ts";

export interface RawRequest {
  method?: string;
  /** As it stands in the request line. */
  path: string;
  /** `Host` and `Sec-Fetch-Site`, too. */
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}

/** One request by node:http, which sends any header. */
export async function rawRequest(
  url: URL,
  { method = "GET", path, headers = {}, body }: RawRequest,
): Promise<Response> {
  const { hostname, port } = url;
  const answer = new Promise<Response>((resolve, reject) => {
    const sent = request({ method, path, hostname, port, headers, agent: false }, (incoming) => {
      const { statusCode: status = 0 } = incoming;
      const received = Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]);
      text(incoming).then(
        (said) => resolve(new Response([101, 204, 304].includes(status) ? null : said, { status, headers: received })),
        reject,
      );
    });
    sent.on("error", reject).end(body);
  });
  return await withDeadline(`an answer to ${method} ${path.slice(0, 60)}`, answer);
}

/** Sends bytes as they stand, and gives back everything until the other end closes. */
export async function rawBytes(url: URL, bytes: string): Promise<string> {
  const socket = connect(Number(url.port), url.hostname);
  try {
    socket.end(bytes, "latin1");
    socket.on("error", () => {});
    return await withDeadline("the end of the connection", text(socket));
  } finally {
    socket.destroy();
    if (!socket.closed) await once(socket, "close");
  }
}

/** Sends a GET. @returns what hangs up on it: by a reset, which workerd notices while it answers, as it does not notice a mere end */
export async function getAndHangUp(url: URL, headers: Record<string, string>): Promise<() => Promise<void>> {
  const socket = connect(Number(url.port), url.hostname);
  socket.on("error", () => {});
  await withDeadline("a connection", once(socket, "connect"));
  const lines = Object.entries({ Host: url.host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${url.pathname} HTTP/1.1\r\n${lines.join("")}\r\n`);
  return async () => {
    const closed = once(socket, "close");
    socket.resetAndDestroy();
    await closed;
  };
}
