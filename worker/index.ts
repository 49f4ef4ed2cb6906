import { type Context, Hono } from "hono";
import { Problem } from "../protocol/problem.ts";
import { type Access, accessOf } from "./http/access/access.ts";
import { crossOriginHeaders, mayAskFrom, mayBeAskedAs } from "./http/access/cross-origin.ts";
import { channelName, mustMay, NOT_FOUND, verifiesOnWith } from "./http/access/guard.ts";
import { variableProblem } from "./http/access/variables.ts";
import { type Asked, mayAsk, PLAIN_HEADERS } from "./http/asked.ts";
import { audit } from "./http/audit.ts";
import { discardBody } from "./http/discard-body.ts";
import { get, mustNotHaveLostUpgrade } from "./http/get.ts";
import { nearUrl } from "./http/near-url.ts";
import { channelPath, isBelowChannel, isOtherSignal } from "./http/otlp-url.ts";
import { post, postMetrics } from "./http/post.ts";
import { HttpProblem, problemOf, problemResponse } from "./http/problem-response.ts";
import { connectSeveral, isForSeveral } from "./http/shared/connect.ts";
import {
  ALLOWED,
  listNamedTokens,
  makeNamedToken,
  methodNotAllowed,
  revokeNamedToken,
} from "./http/tokens/named-tokens.ts";
import { mustNote } from "./http/tokens/note-use.ts";
import { withoutOwnHeaders } from "./hub/join-request.ts";

export { Channel } from "./channel/channel.ts";
export { Relay } from "./relay/relay.ts";
export { TokenRegistry } from "./tokens/token-registry.ts";

type Bindings = { Bindings: Env };
const NO_OTHER_SIGNAL =
  "Only metrics are taken here. Tell the exporter so: OTEL_TRACES_EXPORTER=none and OTEL_LOGS_EXPORTER=none.";
const METHODS = "GET, HEAD, POST, DELETE, OPTIONS";

const app = new Hono<Bindings>();

// The front door: the channel everybody starts with.
app.get("/", (c) => c.redirect("/c/main", 302));

// Near the door: to it, and to a channel.
app.get("/c", (c) =>
  // Live from several channels by one WebSocket.
  isForSeveral(c.req.raw)
    ? connectSeveral(c.req.raw, c.env, (request) => answer(request, c.env, c.executionCtx))
    : nearDoor(c),
);
app.get("/c/", nearDoor);
app.use("/c/*", async (c, next) => nearUrl(c.req.raw) ?? (await next()));

// OpenTelemetry's metrics are sent below a channel.
app.post("/c/*", async (c, next) => {
  const { pathname } = new URL(c.req.url);
  if (isOtherSignal(pathname)) throw new Problem("not-found", NO_OTHER_SIGNAL);
  return isBelowChannel(pathname) ? await postMetrics(askedOf(c, channelPath(pathname))) : await next();
});

// Points are published; or a publisher says that it comes or goes, the owner what everybody should see, and a page what becomes of
// tokens: by the type of the body.
app.post("/c/:name{.+}", (c) => post(askedOf(c)));

// Live by WebSocket; else the page, or what is stored, as Accept asks.
app.get("/c/:name{.+}", (c) => get(askedOf(c)));

// Forget every point.
app.delete("/c/:name{.+}", async (c) => {
  const asked = askedOf(c);
  const { request, env, access, name, channel } = asked;
  const principal = await mustMay(request, env, access, "admin", name);
  await mayAsk(asked, principal);
  await mustNote(principal, name, env);
  await channel.clear();
  audit(request, access, { audit: "deleted" });
  return c.body(null, 204);
});

// What one may do here.
app.options("/c/:name{.+}", (c) => c.body(null, 204, { Allow: METHODS, Vary: "Accept" }));

// Any other method.
app.all("/c/:name{.+}", (c) => {
  const { method } = c.req;
  const isMeantAsPost = method === "PUT" || method === "PATCH";
  const advice = isMeantAsPost ? " To publish, send it by POST (curl -T sends PUT: add -X POST)." : "";
  throw new HttpProblem("method-not-allowed", `A channel knows ${METHODS}; not ${method}.${advice}`, {
    Allow: METHODS,
  });
});

// Named tokens: made, and listed.
app.post("/tokens", async (c) => {
  const access = accessOf(c.env);
  const made = await makeNamedToken(c.req.raw, c.env, access);
  audit(c.req.raw, access, { audit: "token-made", name: made.name });
  return c.json(made, 201, PLAIN_HEADERS);
});
app.get("/tokens", async (c) => c.json(await listNamedTokens(c.req.raw, c.env, accessOf(c.env)), 200, PLAIN_HEADERS));
app.options("/tokens", (c) => c.body(null, 204, { Allow: ALLOWED.all }));
app.all("/tokens", (c) => {
  throw methodNotAllowed(c.req.method, ALLOWED.all);
});

// And revoked.
app.delete("/tokens/:name", async (c) => {
  const [access, name] = [accessOf(c.env), c.req.param("name")];
  await revokeNamedToken(c.req.raw, c.env, access, name);
  audit(c.req.raw, access, { audit: "token-revoked", name });
  return c.body(null, 204, PLAIN_HEADERS);
});
app.options("/tokens/:name", (c) => c.body(null, 204, { Allow: ALLOWED.one }));
app.all("/tokens/:name", (c) => {
  throw methodNotAllowed(c.req.method, ALLOWED.one);
});

app.notFound(async (c) => {
  await discardBody(c.req.raw);
  return problemResponse(new Problem("not-found", NOT_FOUND), c.req.header("Accept"));
});

app.onError(async (error, c) => {
  await discardBody(c.req.raw);
  if (error instanceof Problem) return refused(error, c.req.raw, accessOf(c.env));
  return problemResponse(problemOf(error), c.req.header("Accept"));
});

function nearDoor(c: Context<Bindings>): Response {
  mustNotHaveLostUpgrade(c.req.raw.headers);
  return c.redirect("/", 302);
}

function askedOf({ req: { raw: request }, env }: Context<Bindings>, path = new URL(request.url).pathname): Asked {
  const name = nameOf(path);
  return { request, env, access: accessOf(env), name, channel: env.CHANNEL.getByName(name) };
}

/** The name is the path as it stands, not decoded: one URL for each channel. */
function nameOf(pathname: string): string {
  // The router decodes a path before it looks: to it /%63/x is /c/x.
  if (!pathname.startsWith("/c/")) throw new Problem("not-found", NOT_FOUND);
  return channelName(pathname.slice("/c/".length));
}

/** The answer to whoever may not, or asked for what cannot be. */
function refused(problem: Problem, request: Request, access: Access): Response {
  const response = problemResponse(problem, request.headers.get("Accept"));
  audit(request, access, { audit: "refused", status: response.status, code: problem.code });
  return response;
}

/** Whatever is asked for: by which name, and from which page. What other sites may know stands on every answer. */
async function answer(received: Request, env: Env, context: Context["executionCtx"]): Promise<Response> {
  const request = withoutOwnHeaders(received);
  const unreadable = variableProblem(env);
  if (unreadable !== undefined) {
    await discardBody(request);
    return problemResponse(unreadable, request.headers.get("Accept"));
  }
  const access = accessOf(env);
  verifiesOnWith(request, context);
  let response: Response;
  try {
    mayBeAskedAs(request, access);
    mayAskFrom(request, access);
    response = await app.fetch(request, env, context);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await discardBody(request);
    response = refused(error, request, access);
  }
  if (response.webSocket !== null) return response;
  const answered = new Response(response.body, response);
  for (const [name, value] of Object.entries(crossOriginHeaders(request, access))) {
    if (!answered.headers.has(name)) answered.headers.set(name, value);
  }
  answered.headers.append("Vary", "Origin");
  return answered;
}

export default { fetch: answer } satisfies ExportedHandler<Env>;
