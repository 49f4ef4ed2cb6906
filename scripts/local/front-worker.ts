/**
 * What stands before the Worker on this machine, in place of Cloudflare's edge: it says which address a request came
 * from. What a client itself claims with that header is left aside. (workerd gives the address as
 * `request.cf.clientIp`: `127.0.0.1:40060` or `[::1]:40060`.)
 */

interface Bindings {
  /** The page's files, and the Worker behind them. */
  ROUTER: { fetch(request: Request): Promise<Response> };
}

export default {
  async fetch(incoming: Request & { cf?: { clientIp?: string } }, { ROUTER }: Bindings): Promise<Response> {
    const request = new Request(incoming);
    const address = incoming.cf?.clientIp?.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
    if (address === undefined) request.headers.delete("CF-Connecting-IP");
    else request.headers.set("CF-Connecting-IP", address);
    return await ROUTER.fetch(request);
  },
};
