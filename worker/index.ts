import { Hono } from "hono";
import { MAX_VIEWERS, PLOTCAST_HEADER } from "../protocol/limits.ts";
import type { PublishAnswer } from "../protocol/messages/publish.ts";
import { Problem } from "../protocol/problem.ts";
import type { Channel } from "./channel/channel.ts";
import { pause } from "./channel/read-turns.ts";
import { accessOf } from "./http/access/access.ts";
import { clientAddress } from "./http/access/client-address.ts";
import { crossOriginHeaders, mayAskFrom, mayBeAskedAs, mayWatchFrom } from "./http/access/cross-origin.ts";
import { channelName, mayPublish } from "./http/access/guard.ts";
import { NewNames } from "./http/access/new-names.ts";
import { discardBody } from "./http/discard-body.ts";
import { negotiate } from "./http/negotiate.ts";
import { pageBuild, pageResponse } from "./http/page.ts";
import { HttpProblem, PROBLEM_TYPE, problemResponse } from "./http/problem-response.ts";
import { isArrangement, readArrangement } from "./http/publish/arrangement.ts";
import { isAnnouncement, readAnnouncement, readPublication } from "./http/publish/body.ts";
import { storedPoints } from "./http/read/read.ts";
import { readQuery } from "./http/read/read-query.ts";
import { logLine } from "./http/said-back.ts";
import { BUILD_HEADER, parseJoinRequest } from "./hub/join-request.ts";

export { Channel } from "./channel/channel.ts";

type Bindings = { Bindings: Env };
const NOT_FOUND = "Channels are at /c/<name>; the one everybody starts with is /c/main.";
const METHODS = "GET, HEAD, POST, DELETE, OPTIONS";

/** Of this isolate. */
const newNames = new NewNames(Date.now());

const app = new Hono<Bindings>();

// The front door: the channel everybody starts with.
app.get("/", (c) => c.redirect("/c/main", 302));

// A publish: frames or JSON points, numbered and stored before it is answered. Or a publisher says that it comes or goes, or
// the owner what everybody should see.
app.post("/c/:name{.+}", async (c) => {
  const channel = channelOf(c.env, c.req.url);
  await mayPublish(c.req.raw, c.env.PUBLISH_TOKEN);
  if (isAnnouncement(c.req.raw)) {
    await channel.announce(await readAnnouncement(c.req.raw));
    return c.body(null, 204, { [PLOTCAST_HEADER.name]: PLOTCAST_HEADER.value });
  }
  if (isArrangement(c.req.raw)) {
    await channel.share(await readArrangement(c.req.raw));
    newNames.know(nameOf(c.req.url));
    return c.body(null, 204, { [PLOTCAST_HEADER.name]: PLOTCAST_HEADER.value });
  }
  const { frames, series, leftOut = {} } = await readPublication(c.req.raw);
  const answer = await channel.publish(frames, series);
  if ("code" in answer) throw new Problem(answer.code, answer.detail);
  newNames.know(nameOf(c.req.url));
  const told: PublishAnswer = Object.keys(leftOut).length === 0 ? answer : { ...answer, leftOut };
  return c.json(told, 200, { "Cache-Control": "no-store", [PLOTCAST_HEADER.name]: PLOTCAST_HEADER.value });
});

// Live by WebSocket; else the page, or what is stored, as Accept asks.
app.get("/c/:name{.+}", async (c) => {
  const channel = channelOf(c.env, c.req.url);
  const url = new URL(c.req.url);
  if (c.req.header("Upgrade")?.toLowerCase() === "websocket") {
    parseJoinRequest(c.req.raw);
    await mayAsk(c.req.raw);
    const headers = new Headers(c.req.raw.headers);
    headers.set(BUILD_HEADER, await pageBuild(c.env.ASSETS, url));
    const answer = await channel.fetch(new Request(c.req.raw, { headers }));
    if (answer.webSocket === null) throw viewersFull();
    return answer;
  }
  // A proxy on the way left out the upgrade.
  if (c.req.header("Sec-WebSocket-Key") !== undefined) {
    const detail = "A proxy on the way did not pass on Connection and Upgrade. What it needs: docs/BEHIND-A-PROXY.md";
    throw new HttpProblem("upgrade-required", detail, { Upgrade: "websocket" });
  }
  // A page that cannot connect asks why.
  if (c.req.header("Accept") === PROBLEM_TYPE) {
    mayWatchFrom(c.req.header("Plotcast-Origin"), c.req.raw, accessOf(c.env));
    await mayAsk(c.req.raw);
    if (!(await channel.hasRoom())) throw viewersFull();
    return c.body(null, 204, {
      "Cache-Control": "no-store",
      Vary: "Accept",
      [PLOTCAST_HEADER.name]: PLOTCAST_HEADER.value,
    });
  }
  const type = negotiate(c.req.header("Accept"));
  if (type === "text/html") return await pageResponse(c.env.ASSETS, url, c.env.EMBED_ORIGINS);
  const query = readQuery(url.searchParams);
  const headers = {
    "Content-Type": type,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    Vary: "Accept",
  };
  if (c.req.method === "HEAD") return new Response(null, { headers });
  await mayAsk(c.req.raw);
  const { body, epoch } = await storedPoints(channel, query, type, clientAddress(c.req.raw));
  return new Response(body, { headers: { ...headers, "Plotcast-Epoch": String(epoch) } });
});

// Forget every point; who may publish may do that.
app.delete("/c/:name{.+}", async (c) => {
  const channel = channelOf(c.env, c.req.url);
  await mayPublish(c.req.raw, c.env.PUBLISH_TOKEN);
  await channel.clear();
  return c.body(null, 204);
});

// What one may do here.
app.options("/c/:name{.+}", (c) => c.body(null, 204, { Allow: METHODS, Vary: "Accept" }));

// Any other method.
app.all("/c/:name{.+}", (c) => {
  throw new HttpProblem("method-not-allowed", `A channel knows ${METHODS}; not ${c.req.method}.`, { Allow: METHODS });
});

app.notFound(async (c) => {
  await discardBody(c.req.raw);
  return problemResponse(new Problem("not-found", NOT_FOUND), c.req.header("Accept"));
});

app.onError(async (error, c) => {
  await discardBody(c.req.raw);
  if (error instanceof Problem) return problemResponse(error, c.req.header("Accept"));
  console.error(logLine(error));
  // What a stub throws when its object restarts or is overloaded (Cloudflare docs, "Error handling").
  if (("retryable" in error && error.retryable) || ("overloaded" in error && error.overloaded)) {
    const detail = "The channel restarts or has too much to do. Try again in a second.";
    const problem = new HttpProblem("channel-unavailable", detail, { "Retry-After": "1" });
    return problemResponse(problem, c.req.header("Accept"));
  }
  const problem = new Problem("internal", "This is a fault of Plotcast's own; the Worker's log has more. Try again.");
  return problemResponse(problem, c.req.header("Accept"));
});

/** The name is the path as it stands, not decoded: one URL for each channel. */
function channelOf(env: Env, url: string): DurableObjectStub<Channel> {
  return env.CHANNEL.getByName(nameOf(url));
}

function nameOf(url: string): string {
  const { pathname } = new URL(url);
  // The router decodes a path before it looks: to it /%63/x is /c/x.
  if (!pathname.startsWith("/c/")) throw new Problem("not-found", NOT_FOUND);
  return channelName(pathname.slice("/c/".length));
}

function viewersFull(): Problem {
  return new HttpProblem("viewers-full", `${MAX_VIEWERS} watch already.`, { "Retry-After": "30" });
}

/** CH15: nobody makes objects without bound by asking for ever new names. */
async function mayAsk(request: Request): Promise<void> {
  const waitMs = newNames.waitMs(nameOf(request.url), clientAddress(request), Date.now());
  if (waitMs === 0) return;
  if (waitMs !== undefined) return await pause(waitMs);
  const detail = "Too many channels were asked for that this Worker did not know. Try again in ten seconds.";
  throw new HttpProblem("too-many-requests", detail, { "Retry-After": "10" });
}

/** Whatever is asked for: by which name, and from which page. What other sites may know stands on every answer. */
export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const access = accessOf(env);
    let response: Response;
    try {
      mayBeAskedAs(request, access);
      mayAskFrom(request, access);
      response = await app.fetch(request, env, context);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await discardBody(request);
      response = problemResponse(error, request.headers.get("Accept"));
    }
    if (response.webSocket !== null) return response;
    const answer = new Response(response.body, response);
    for (const [name, value] of Object.entries(crossOriginHeaders(request, access))) {
      if (!answer.headers.has(name)) answer.headers.set(name, value);
    }
    answer.headers.append("Vary", "Origin");
    return answer;
  },
} satisfies ExportedHandler<Env>;
