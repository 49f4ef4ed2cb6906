/**
 * A Worker for tests of what runs it. `/headers` tells the request's headers, `/out` asks another server for something,
 * `/burn` keeps the processor for a while, `/loop` for ever. All else is 404.
 */
const BURN_STEPS = 30_000_000;

/** (A Worker's clock stands still while it computes.) */
function burn(steps: number): number {
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += Math.sqrt(i);
  return sum;
}

/** What wrangler.toml names. */
export class Channel {}
export class TokenRegistry {}

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case "/headers":
        return Response.json(Object.fromEntries([...request.headers]));
      case "/out":
        return await fetch(searchParams.get("url") ?? "").catch(
          (error: unknown) => new Response(String(error), { status: 502 }),
        );
      case "/burn":
        return Response.json(burn(BURN_STEPS));
      case "/loop":
        return Response.json(burn(Number.POSITIVE_INFINITY));
      default:
        return new Response(null, { status: 404 });
    }
  },
};
