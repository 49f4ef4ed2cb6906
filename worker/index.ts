import { Hono } from "hono";
import { readPublication } from "./body.ts";
import type { Channel } from "./channel.ts";
import { channelName, dialectOf, mayPublish, mayWatch } from "./guard.ts";
import { SECURITY_HEADERS } from "./headers.ts";
import { negotiate } from "./negotiate.ts";
import { Problem } from "./problem.ts";
import { readQuery, storedPoints, watchQuery } from "./read.ts";

export { Channel } from "./channel.ts";

type Bindings = { Bindings: Env };
const METHODS = "GET, HEAD, POST, OPTIONS";

const app = new Hono<Bindings>();

// The front door: the channel everybody starts with.
app.get("/", (c) => c.redirect("/c/main", 302));

// A publish: frames or JSON points, numbered and stored before it is answered.
app.post("/c/:name{.+}", async (c) => {
  const channel = channelOf(c.env, c.req.param("name"));
  await mayPublish(c.req.raw, c.env.PUBLISH_TOKEN);
  const { frames, series } = await readPublication(c.req.raw);
  return c.json(await channel.publish(frames, series), 200, { "Cache-Control": "no-store" });
});

// Live by WebSocket; else the page, or what is stored, as Accept asks.
app.get("/c/:name{.+}", async (c) => {
  const channel = channelOf(c.env, c.req.param("name"));
  const url = new URL(c.req.url);
  if (c.req.header("Upgrade")?.toLowerCase() === "websocket") {
    mayWatch(c.req.raw, c.env.ALLOWED_ORIGINS);
    dialectOf(c.req.raw);
    watchQuery(url.searchParams);
    return await channel.fetch(c.req.raw);
  }
  const type = negotiate(c.req.header("Accept"));
  if (type === "text/html") {
    const page = await c.env.ASSETS.fetch(new URL("/page.html", url));
    return new Response(page.body, {
      headers: {
        ...SECURITY_HEADERS,
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-cache",
        Vary: "Accept",
      },
    });
  }
  const points = storedPoints(channel, readQuery(url.searchParams), type);
  return new Response(c.req.method === "HEAD" ? null : points, {
    headers: { "Content-Type": type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", Vary: "Accept" },
  });
});

// What one may do here.
app.options("/c/:name{.+}", (c) => c.body(null, 204, { Allow: METHODS, Vary: "Accept" }));

// Any other method.
app.all("/c/:name{.+}", (c) => {
  throw new Problem("method-not-allowed", `A channel knows ${METHODS}; not ${c.req.method}.`, { Allow: METHODS });
});

app.notFound(() =>
  new Problem("not-found", "Channels are at /c/<name>; the one everybody starts with is /c/main.").toResponse(),
);

app.onError(async (error, c) => {
  // `wrangler dev` breaks the next request on a connection whose body nobody read (workers-sdk).
  const { body, bodyUsed } = c.req.raw;
  if (body !== null && !bodyUsed && !body.locked) await body.cancel();
  if (error instanceof Problem) return error.toResponse();
  console.error(error);
  // What a stub throws when its object restarts or is overloaded (Cloudflare docs, "Error handling").
  if (("retryable" in error && error.retryable) || ("overloaded" in error && error.overloaded)) {
    const detail = "The channel restarts or has too much to do. Try again in a second.";
    return new Problem("channel-unavailable", detail, { "Retry-After": "1" }).toResponse();
  }
  return new Problem("internal", "This is our fault, and it is in the Worker's log.").toResponse();
});

function channelOf(env: Env, name: string): DurableObjectStub<Channel> {
  return env.CHANNEL.getByName(channelName(name));
}

export default app;
