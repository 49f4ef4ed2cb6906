/** What becomes of a token in a page, with a fake of its connection, of the Worker and of what is shown. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ReadRefused } from "../../../../../client/stored-frames.ts";
import type { AccessEnvironment } from "../../../../../page/lazy/access/access-environment.ts";
import { PageAccess } from "../../../../../page/lazy/access/page-access.ts";
import type { AccessHeaders, KeptSession, Outcome, Session } from "../../../../../page/lazy/access/session-requests.ts";
import type { Answer } from "../../../../../page/lazy/refusal-text.ts";

const WATCH: Session = { capabilities: ["watch", "history"], expiresAtMs: 1_700_000_000_000 };
const OWNER: Session = { capabilities: ["watch", "history", "admin"], expiresAtMs: null };
const PUBLISH: Session = { capabilities: ["publish"], expiresAtMs: null };
const WRONG = { kind: "refused", code: "token-wrong", text: "This token is wrong." } as const;
const PRIVATE: Answer = { status: 404, redirects: false, isOurs: true, detail: "x", code: "not-found" };
const EXPIRED: Answer = { status: 401, redirects: false, isOurs: true, detail: "x", code: "token-expired" };
const OPEN: Answer = { status: 204, redirects: false, isOurs: true, detail: undefined, code: undefined };

const READ_ONLY: Session = { capabilities: ["history"], expiresAtMs: null };
const NOT_PERMITTED: Answer = { status: 403, redirects: false, isOurs: true, detail: "x", code: "not-permitted" };

const BEARER = '{"Authorization":"Bearer good"}';

/** A browser, and a Worker that knows these tokens. */
class World {
  /** What whoever may watch is told. */
  mayJoin = OPEN;
  readonly log: string[] = [];
  readonly tokens: Record<string, Session> = { good: WATCH, owner: OWNER, publisher: PUBLISH, reader: READ_ONLY };
  /** The token in the cookie. */
  cookie: string | undefined;
  /** What the cookie counts with. */
  cookieKey: string | undefined;
  takesCookies = true;
  warnedAtMs = 0;
  isReachable = true;
  /** The Worker cannot say now what a token may do. */
  busy: Outcome<Session> | undefined;
  /** What happens while the page waits. */
  paused: () => unknown = () => undefined;
  isLive = false;
  isPrivate = true;
  linkFault: string | undefined;
  readFault: Error | undefined;
  takenBack: Outcome<"nothing"> = { kind: "done", value: "nothing" };
  /** In the browser's storage. */
  key: string | undefined;
  takesKeys = true;
  readonly connection = {
    token: undefined as string | undefined,
    isLive: false,
    wasLive: false,
    // As a viewer does: it keeps the token for what it opens later.
    renew: (token: string) => {
      this.log.push(`renew ${token}`);
      this.connection.token = token;
    },
    reopen: () => void this.log.push("reopen"),
    close: () => void this.log.push("close"),
  };
  readonly access: PageAccess;

  constructor({ hasTokenInTiming = true } = {}) {
    const tokenOf = ({ Authorization, "Plotcast-Session": key }: AccessHeaders): string | undefined =>
      Authorization?.slice("Bearer ".length) ?? (key === this.cookieKey ? this.cookie : undefined);
    let kept = 0;
    const of = (token: string | undefined): Outcome<Session> => {
      if (!this.isReachable) return { kind: "unreachable" };
      if (this.busy !== undefined) return this.busy;
      const value = token === undefined ? undefined : this.tokens[token];
      return value === undefined ? WRONG : { kind: "done", value };
    };
    const parts: AccessEnvironment = {
      channelUrl: new URL("https://board.example/c/lab"),
      connection: this.connection,
      requests: {
        keep: async (token): Promise<Outcome<KeptSession>> => {
          const outcome = of(token);
          if (outcome.kind !== "done") return outcome;
          const key = `key ${++kept}`;
          if (this.takesCookies) [this.cookie, this.cookieKey] = [token, key];
          return { kind: "done", value: { ...outcome.value, key } };
        },
        session: async (headers) => of(tokenOf(headers)),
        forget: async () => {
          if (!this.isReachable) return { kind: "unreachable" };
          this.cookie = undefined;
          return { kind: "done", value: "nothing" };
        },
        share: async ({ forMs }, headers) => {
          this.log.push(`share ${forMs} ${JSON.stringify(headers)}`);
          return { kind: "done", value: { token: "pct_new", name: "share-1", expiresAtMs: 1 } };
        },
        takeBack: async (name, headers) => {
          this.log.push(`take back ${name} ${JSON.stringify(headers)}`);
          return this.takenBack;
        },
      },
      whyRefused: async (headers) => {
        if (!this.isReachable) return undefined;
        const { capabilities = [] } = this.tokens[tokenOf(headers) ?? ""] ?? {};
        if (!this.isPrivate || capabilities.includes("watch")) return this.mayJoin;
        return capabilities.includes("history") ? NOT_PERMITTED : PRIVATE;
      },
      read: async (query, _signal, headers) => {
        this.log.push(`read ${query} ${JSON.stringify(headers)}`);
        if (this.readFault !== undefined) throw this.readFault;
        return (async function* () {})();
      },
      view: {
        ask: (why, fault) => void this.log.push(`ask ${why}${fault === undefined ? "" : `: ${fault}`}`),
        open: (why) => void this.log.push(`open ${why}`),
        warn: (atMs) => {
          this.warnedAtMs = atMs;
          this.log.push("warn");
        },
        settle: () => void this.log.push("settle"),
        notify: (text) => void this.log.push(`notify ${text}`),
      },
      sessionKey: {
        get: () => this.key,
        set: (key) => {
          if (this.takesKeys || key === undefined) this.key = key;
        },
      },
      tellForgotten: () => void this.log.push("tell forgotten"),
      hasTokenInTiming,
      linkFault: {
        get: () => this.linkFault,
        set: (text) => {
          this.linkFault = text;
        },
      },
      pause: async (ms) => {
        this.log.push(`pause ${ms}`);
        await this.paused();
      },
      random: () => 0.5,
      reload: () => void this.log.push("reload"),
      readAgain: () => void this.log.push("read again"),
    };
    this.access = new PageAccess(parts);
  }

  /** What was done since this was asked last. */
  done(): string[] {
    return this.log.splice(0);
  }

  read(): Promise<unknown> {
    return this.access.read("points=1", new AbortController().signal);
  }
}

test("[PG91a] a link's token goes into the cookie, and the page is loaded anew without it: it is kept nowhere else", async () => {
  const world = new World();
  await world.access.openLink("good");
  assert.deepEqual(world.done(), ["reload"]);
  assert.equal(world.cookie, "good");
  assert.equal(world.key, "key 1");
  assert.deepEqual(world.access.headers, { "Plotcast-Session": "key 1" });
});

test("[PG91a] who has admin here, and tries a link, keeps that; any other token is replaced", async () => {
  const world = new World();
  await world.access.enter("owner");
  world.done();
  await world.access.openLink("good");
  assert.deepEqual([world.done(), world.cookie], [["reload"], "owner"]);
  world.connection.isLive = true;
  await world.access.openLink("good");
  assert.deepEqual([world.done(), world.cookie], [[], "owner"], "an open connection stays as it is");
  const other = new World();
  await other.access.enter("good");
  await other.access.openLink("owner");
  assert.equal(other.cookie, "owner");
});

test("[PG91b] a token that is entered is kept in the cookie, and the page connects", async () => {
  const world = new World();
  assert.equal(await world.access.enter(" good "), undefined);
  assert.deepEqual(world.done(), ["reopen", "read again", "settle"]);
  assert.deepEqual([world.cookie, world.key, world.connection.token], ["good", "key 1", undefined]);
});

test("[PG91b] a wrong token, no token and no Worker are said, and change nothing", async () => {
  const world = new World();
  assert.equal(await world.access.enter("bad"), "This token is wrong.");
  assert.match((await world.access.enter("")) ?? "", /^Enter a token/);
  world.isReachable = false;
  assert.match((await world.access.enter("good")) ?? "", /cannot be reached/);
  assert.deepEqual([world.done(), world.cookie, world.key], [[], undefined, undefined]);
});

test("[PG91b] a link with a wrong token asks for another, and says what is wrong; a public channel connects all the same", async () => {
  const world = new World({ hasTokenInTiming: false });
  await world.access.openLink("bad");
  assert.deepEqual(world.done(), ["close", "ask private: This token is wrong."]);
  world.isPrivate = false;
  await world.access.openLink("bad");
  assert.deepEqual(world.done(), ["reopen"]);
  world.connection.isLive = true;
  await world.access.openLink("bad");
  assert.deepEqual(world.done(), ["notify The token in this link was not taken. This token is wrong."]);
});

test("[PG91a] a link that is refused is loaded anew without its token, too, and says once then what was wrong", async () => {
  const world = new World();
  await world.access.openLink("bad");
  assert.deepEqual([world.done(), world.linkFault], [["reload"], "This token is wrong."]);
  assert.ok(world.access.refusedWith(PRIVATE));
  assert.ok(world.access.refusedWith(PRIVATE));
  assert.deepEqual(world.done(), ["close", "ask private: This token is wrong.", "close", "ask private"]);
  world.isPrivate = false;
  await world.access.openLink("bad");
  assert.deepEqual([world.done(), world.linkFault], [["reload"], undefined], "where anybody may watch nothing is said");
});

test("[PG91k] while the Worker cannot say whether a link's token counts, the page keeps it, says so, and tries it again when it is told to", async () => {
  const world = new World({ hasTokenInTiming: false });
  const text = "This token reads more often than it may. Try again in 3 s.";
  world.busy = { kind: "refused", code: "quota-exceeded", text, later: { retryAfterMs: 3_000 } };
  let waits = 0;
  world.paused = () => {
    assert.deepEqual(
      [world.cookie, world.key, world.linkFault],
      [undefined, undefined, undefined],
      "nothing is stored",
    );
    if (++waits === 2) world.busy = undefined;
  };
  await world.access.openLink("good");
  const note = `notify ${text} This page keeps the token of the link, and tries it again by itself.`;
  const wait = [note, "pause 3000"];
  assert.deepEqual(world.done(), [...wait, ...wait, "reopen", "read again", "settle"]);
  assert.equal(world.cookie, "good");
});

test("[PG91k] where nothing answers, it waits longer each time, a minute and a bit at most; a wrong token is refused as ever", async () => {
  const world = new World({ hasTokenInTiming: false });
  world.isReachable = false;
  let waits = 0;
  world.paused = () => {
    world.isReachable = ++waits === 5;
  };
  await world.access.openLink("bad");
  const note =
    "notify The Worker cannot be reached now. This page keeps the token of the link, and tries it again by itself.";
  assert.deepEqual(world.done(), [
    ...[7_500, 10_000, 15_000, 25_000, 35_000].flatMap((ms) => [note, `pause ${ms}`]),
    "close",
    "ask private: This token is wrong.",
  ]);
});

test("[PG91k] a token that is entered meanwhile takes the place of the link's", async () => {
  const world = new World({ hasTokenInTiming: false });
  world.isReachable = false;
  world.paused = async () => {
    world.isReachable = true;
    assert.equal(await world.access.enter("good"), undefined);
  };
  await world.access.openLink("owner");
  assert.equal(world.cookie, "good");
  assert.deepEqual(world.done().slice(2), ["reopen", "read again", "settle"]);
});

test("[PG91b] a token that may not watch is not kept, where that needs a right", async () => {
  const world = new World();
  for (const token of ["publisher", "reader"]) {
    assert.match((await world.access.enter(token)) ?? "", /may not watch/);
    assert.deepEqual([world.cookie, world.access.isKept], [undefined, false]);
  }
  world.isPrivate = false;
  assert.equal(await world.access.enter("publisher"), undefined);
  assert.equal(world.cookie, "publisher");
});

test("[PG91g] where the browser takes no cookie the page keeps the token, for its connection and its reads", async () => {
  const world = new World();
  world.takesCookies = false;
  await world.access.openLink("good");
  assert.deepEqual(world.done(), ["reopen", "read again", "settle"], "another load would have no token");
  assert.equal(world.connection.token, "good");
  await world.read();
  await world.access.share({ forMs: 60_000 });
  await world.access.takeBack("share-1");
  assert.deepEqual(world.done(), [`read points=1 ${BEARER}`, `share 60000 ${BEARER}`, `take back share-1 ${BEARER}`]);
  assert.ok(world.access.isKept && world.key === undefined);
});

test("[PG91i] a share link that is not there any more was taken back; what else is said against it is told", async () => {
  const world = new World();
  assert.equal(await world.access.takeBack("share-1"), undefined);
  world.takenBack = { kind: "refused", code: "not-found", text: "This channel has no share link of this name." };
  assert.equal(await world.access.takeBack("share-1"), undefined);
  world.takenBack = { kind: "refused", code: "not-permitted", text: "This token may not do this here." };
  assert.equal(await world.access.takeBack("share-1"), "This token may not do this here.");
  world.takenBack = { kind: "unreachable" };
  assert.equal(await world.access.takeBack("share-1"), "The Worker cannot be reached now. Try again.");
});

test("[PG91g] an older cookie that is still there is not taken for the new token", async () => {
  const world = new World();
  assert.equal(await world.access.enter("owner"), undefined);
  world.takesCookies = false;
  assert.equal(await world.access.enter("good"), undefined);
  assert.deepEqual([JSON.stringify(world.access.headers), world.key], [BEARER, undefined]);
});

test("[PG91g] where the browser keeps no key, the cookie is worth nothing, and the page keeps the token", async () => {
  const world = new World();
  world.takesKeys = false;
  assert.equal(await world.access.enter("good"), undefined);
  assert.equal(JSON.stringify(world.access.headers), BEARER);
});

test("[PG91c] it is said at what time access ends, and no more once another page has put a new token into the cookie", async () => {
  const world = new World();
  await world.access.enter("good");
  world.done();
  await world.access.renewedElsewhere();
  assert.deepEqual(world.done(), [], "nothing was said yet");
  const beforeMs = Date.now();
  await world.access.expiring(30_000);
  assert.ok(world.warnedAtMs >= beforeMs + 30_000 && world.warnedAtMs <= Date.now() + 30_000);
  world.cookie = undefined;
  await world.access.renewedElsewhere();
  assert.deepEqual(world.done(), ["warn"], "this page has no good cookie");
  world.cookie = "owner";
  await world.access.renewedElsewhere();
  await world.access.renewedElsewhere();
  assert.deepEqual(world.done(), ["settle"]);
});

test("[PG91c] it is not said where the cookie has a token that counts for longer, within what clocks may be off", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
  const world = new World();
  await world.access.enter("good");
  world.done();
  for (const [laterMs, log] of [
    [299_000, ["warn"]],
    [301_000, []],
  ] as const) {
    world.tokens.renewed = { ...WATCH, expiresAtMs: Date.now() + 30_000 + laterMs };
    world.cookie = "renewed";
    await world.access.expiring(30_000);
    assert.deepEqual(world.done(), log);
  }
  world.cookie = "owner";
  await world.access.expiring(30_000);
  assert.deepEqual(world.done(), [], "it does not expire");
});

test("[PG91c] where the page itself keeps its token, what is in the cookie makes no difference", async () => {
  const world = new World();
  world.takesCookies = false;
  await world.access.enter("good");
  world.cookie = "owner";
  world.done();
  await world.access.expiring(30_000);
  await world.access.renewedElsewhere();
  assert.deepEqual(world.done(), ["warn"]);
});

test("[PG91c] before access ends another token goes into the cookie and to the open connection, which stays", async () => {
  const world = new World();
  world.connection.isLive = true;
  await world.access.expiring(30_000);
  assert.deepEqual(world.done(), ["warn"]);
  assert.equal(await world.access.enter("https://board.example/c/lab#token=good"), undefined);
  assert.deepEqual(world.done(), ["renew good", "read again", "settle"]);
  assert.deepEqual([world.cookie, world.connection.token], ["good", undefined], "no script keeps it");
});

for (const why of ["ended", "revoked"] as const) {
  test(`[PG91d] when access has ${why} nothing is tried or read until there is another token, which goes on`, async () => {
    const world = new World();
    await world.access.enter("good");
    world.done();
    world.access.refused(why);
    assert.deepEqual(world.done(), ["close", `ask ${why}`]);
    await assert.rejects(world.read(), ReadRefused);
    assert.deepEqual(world.done(), [], "nothing is asked, and nothing said of it");
    world.access.askAgain();
    assert.deepEqual(world.done(), [`open ${why}`]);
    assert.equal(await world.access.enter("owner"), undefined);
    assert.deepEqual(world.done(), ["reopen", "read again", "settle"]);
    await world.read();
    assert.deepEqual(world.done(), ['read points=1 {"Plotcast-Session":"key 2"}']);
  });
}

test("[PG91d] a token that has expired, while another page put a new one into the cookie: the page goes on, and tries that once", async () => {
  const world = new World();
  await world.access.enter("good");
  world.done();
  await world.access.expired();
  assert.deepEqual(world.done(), ["settle", "reopen"]);
  await world.access.expired();
  assert.deepEqual(world.done(), ["close", "ask ended"], "not again and again");
  await world.access.expiring(30_000);
  await world.access.expired();
  assert.deepEqual(world.done(), ["warn", "settle", "reopen"], "it was another token");
  await world.access.expiring(30_000);
  world.cookie = undefined;
  await world.access.expired();
  assert.deepEqual(world.done(), ["warn", "close", "ask ended"]);
});

test("[PG91b] a page whose token may read what is stored, and not watch, tries no more, and asks for another", async () => {
  const world = new World();
  world.key = "its key";
  assert.ok(world.access.refusedWith(NOT_PERMITTED));
  assert.deepEqual([world.done(), world.key], [["close", "ask not-permitted"], "its key"]);
});

test("[PG91d] where the page itself keeps its token, and that has no right any more, access has ended", async () => {
  const world = new World();
  world.takesCookies = false;
  await world.access.enter("good");
  world.done();
  assert.ok(world.access.refusedWith(PRIVATE));
  assert.deepEqual(world.done(), ["close", "ask ended"]);
});

test("[PG91d] without access, a page goes on when another page of this browser has put a good token into the cookie", async () => {
  for (const takesCookies of [true, false]) {
    const world = new World();
    world.takesCookies = takesCookies;
    await world.access.enter("good");
    world.access.refused("revoked");
    world.done();
    [world.cookie, world.cookieKey, world.key] = ["publisher", "its key", "its key"];
    await world.access.renewedElsewhere();
    assert.deepEqual(world.done(), [], "it may not watch");
    world.cookie = "owner";
    await world.access.renewedElsewhere();
    assert.deepEqual(world.done(), ["reopen", "read again", "settle"]);
    assert.deepEqual([world.access.isRefused, world.connection.token], [false, undefined]);
  }
});

test("[PG91d] [AC13f] the page goes on with another page's token also where it asks too often, or is one viewer too many", async () => {
  for (const [status, code] of [
    [429, "quota-exceeded"],
    [503, "viewers-full"],
  ] as const) {
    const world = new World();
    await world.access.enter("good");
    world.mayJoin = { ...OPEN, status, code, retryAfterMs: 1_000 };
    world.done();
    await world.access.expired();
    assert.deepEqual(world.done(), ["settle", "reopen"]);
  }
});

test("[PG91b] [PG91d] a refused connection asks for a token: a first one, or another where there was one; other refusals are not its affair", async () => {
  const world = new World();
  assert.ok(world.access.refusedWith(PRIVATE));
  assert.ok(world.access.refusedWith(EXPIRED));
  await world.access.enter("good");
  assert.ok(world.access.refusedWith(PRIVATE));
  assert.deepEqual(
    world.done().filter((each) => each.startsWith("ask")),
    ["ask private", "ask ended", "ask private"],
    "a key without its cookie is no ended access",
  );
  assert.equal(world.key, undefined, "it is worth nothing");
  world.connection.wasLive = true;
  assert.ok(world.access.refusedWith(PRIVATE));
  assert.deepEqual(world.done(), ["close", "ask ended"]);
  const tooMany = { ...PRIVATE, status: 429, code: "too-many-requests" };
  assert.ok(world.access.refusedWith({ ...tooMany, wantsToken: true }), "its token is wrong, after many others");
  assert.deepEqual(world.done(), ["close", "ask ended"]);
  for (const answer of [
    OPEN,
    tooMany,
    { ...tooMany, wantsToken: false },
    { ...PRIVATE, isOurs: false },
    { ...PRIVATE, status: 503, code: "viewers-full" },
  ])
    assert.ok(!world.access.refusedWith(answer));
  assert.deepEqual(world.done(), []);
});

test("[PG91h] that there is no right to read is said once for a token; other failures are passed on in silence", async () => {
  const world = new World();
  world.readFault = new TypeError("no network");
  await assert.rejects(world.read(), TypeError);
  world.readFault = new ReadRefused(403, "not-permitted");
  for (let i = 0; i < 3; i++) await assert.rejects(world.read(), ReadRefused);
  const said = (): string[] => world.done().filter((each) => each.startsWith("notify"));
  assert.deepEqual(said(), ["notify Older points are not shown: this token may watch, and not read what is stored."]);
  await world.access.enter("good");
  await assert.rejects(world.read(), ReadRefused);
  assert.equal(said().length, 1, "it is another token");
});

test("[PG91e] what a page may do is asked once, and only where this browser has access", async () => {
  const world = new World();
  assert.deepEqual(await world.access.capabilities(), []);
  [world.cookie, world.cookieKey] = ["owner", "its key"];
  assert.deepEqual(await world.access.capabilities(), [], "nothing says that there is a cookie");
  world.key = "its key";
  assert.deepEqual(await world.access.capabilities(), ["watch", "history", "admin"]);
  world.cookie = undefined;
  assert.deepEqual(await world.access.capabilities(), ["watch", "history", "admin"]);
  const later = new World();
  later.key = "its key";
  later.isReachable = false;
  assert.deepEqual(await later.access.capabilities(), []);
  assert.equal(later.key, "its key", "it may be there still");
  later.isReachable = true;
  assert.deepEqual(await later.access.capabilities(), []);
  assert.equal(later.key, undefined, "its cookie has gone");
});

test("[PG91f] who forgets access loses cookie, token and what is seen; where nothing answers, that is said", async () => {
  const world = new World();
  await world.access.enter("good");
  world.done();
  world.isReachable = false;
  await world.access.forget();
  assert.deepEqual(world.done(), [
    "notify Your access was not forgotten. The Worker cannot be reached now. Try again.",
  ]);
  assert.equal(world.cookie, "good");
  world.isReachable = true;
  await world.access.forget();
  assert.deepEqual(world.done(), ["tell forgotten", "reload"]);
  assert.deepEqual([world.cookie, world.access.isKept], [undefined, false]);
});

test("[PG91f] a page that hears of it forgets the token that it keeps itself, and what is seen", async () => {
  const world = new World();
  world.takesCookies = false;
  await world.access.enter("good");
  world.done();
  world.access.forgottenElsewhere();
  assert.deepEqual([world.done(), world.access.isKept], [["reload"], false]);
});
