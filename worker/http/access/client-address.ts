/**
 * The address that a request came from, to count what one client does: IPv4 as it is, IPv6 cut to its /64 (`2001:db8:0:1::/64`),
 * which is what one subscriber gets; "" if it is not known.
 *
 * On Cloudflare `CF-Connecting-IP` is set by the platform, and by `npm start` from the connection, whatever the client sends. Miniflare and
 * `wrangler dev` set it only if the request has none (miniflare, `getUserRequest` in entry.worker.js): there a client can lie about its address.
 * So what depends on this is fairness between clients; each total has a bound of its own.
 *
 * Behind a proxy on this machine every request comes from loopback, and the last value of `X-Forwarded-For` is what that proxy saw.
 */
export function clientAddress(request: Request): string {
  const connecting = parseAddress(request.headers.get("CF-Connecting-IP") ?? "");
  if (!isLoopback(connecting)) return connecting;
  const forwarded = request.headers.get("X-Forwarded-For")?.split(",").at(-1);
  return (forwarded === undefined ? "" : parseAddress(forwarded)) || connecting;
}

/** Whether a request came from this machine itself, by way of a proxy or not. */
export function isFromLoopback(request: Request): boolean {
  return isLoopback(parseAddress(request.headers.get("CF-Connecting-IP") ?? ""));
}

/** One spelling for each address, without port, brackets and zone; "" if it is none. */
function parseAddress(text: string): string {
  const bare = /^\s*"?\[?([0-9a-f:.]+)(?:%[^\]]*)?(?:\](?::\d+)?)?"?\s*$/i.exec(text)?.[1] ?? "";
  const v4 = /^(\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?$/.exec(bare)?.[1];
  if (v4 !== undefined) return v4.split(".").every((byte) => Number(byte) <= 255) ? v4 : "";
  return bare.includes(":") ? networkOf(bare) : "";
}

/** The /64 of an IPv6 address; the address inside it if it is an IPv4 one (`::ffff:192.0.2.1`); loopback as `::1`. */
function networkOf(v6: string): string {
  const url = `http://[${v6}]/`;
  if (!URL.canParse(url)) return "";
  const [head = "", tail] = new URL(url).hostname.slice(1, -1).split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill("0"), ...after];
  if (groups.slice(0, 7).every((group) => group === "0") && groups[7] === "1") return "::1";
  if (groups.slice(0, 5).every((group) => group === "0") && groups[5] === "ffff") {
    const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16));
    return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  }
  return `${groups.slice(0, 4).join(":")}::/64`;
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}
