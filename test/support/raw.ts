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
