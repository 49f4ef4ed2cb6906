/** An isolate's copy of the named tokens: who asks for it, and who uses which. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type AskForList, type TokenList, TokenListCopy } from "../../../../worker/auth/token-list.ts";

const NOW = 1_800_000_000_000;

/** The registry, with answers that come when a test says so. */
class Asked {
  readonly versions: number[] = [];
  readonly #waiting: ((answer: TokenList | undefined | Error) => void)[] = [];

  readonly ask: AskForList = (version) => {
    this.versions.push(version);
    return new Promise((resolve, reject) => {
      this.#waiting.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
    });
  };

  answer(answer: TokenList | undefined | Error): void {
    (this.#waiting.shift() ?? assert.fail("nobody asked"))(answer);
  }
}

function listOf(version: number, ...names: string[]): TokenList {
  const tokens = names.map((name) => ({
    id: name,
    name,
    sha256: name,
    rights: {},
    expiresAtMs: null,
    countsFor: "owner",
  }));
  return { version, tokens };
}

async function filled(...names: string[]): Promise<{ copy: TokenListCopy; asked: Asked }> {
  const [copy, asked] = [new TokenListCopy(), new Asked()];
  const first = copy.get(asked.ask, NOW);
  asked.answer(listOf(7, ...names));
  assert.deepEqual([...((await first)?.keys() ?? [])], names);
  return { copy, asked };
}

test("[AC6e] for five seconds nobody asks again, whatever comes", async () => {
  const { copy, asked } = await filled("a");
  for (const afterMs of [0, 1, 4_999]) assert.ok((await copy.get(asked.ask, NOW + afterMs))?.has("a"));
  assert.deepEqual(asked.versions, [-1]);
  const next = copy.get(asked.ask, NOW + 5_000);
  assert.deepEqual(asked.versions, [-1, 7], "only what is newer is asked for");
  asked.answer(undefined);
  assert.ok((await next)?.has("a"), "nothing changed");
  assert.ok((await copy.get(asked.ask, NOW + 9_999))?.has("a"));
  assert.equal(asked.versions.length, 2);
});

test("[AC6e] a token that was revoked is known no more after five seconds", async () => {
  const { copy, asked } = await filled("a", "b");
  const next = copy.get(asked.ask, NOW + 5_000);
  asked.answer(listOf(8, "b"));
  assert.deepEqual([...((await next)?.keys() ?? [])], ["b"]);
});

test("[AC6e] while one asks, others use the copy, up to a minute old, and wait for nothing", async () => {
  const { copy, asked } = await filled("a");
  const asking = copy.get(asked.ask, NOW + 5_000);
  assert.ok((await copy.get(asked.ask, NOW + 6_000))?.has("a"));
  assert.equal(asked.versions.length, 2);
  asked.answer(listOf(8, "b"));
  await asking;
  assert.ok((await copy.get(asked.ask, NOW + 6_001))?.has("b"));
});

test("[AC6e] an answer that fails is asked for again after five seconds; for a minute the copy counts, then nothing", async () => {
  const { copy, asked } = await filled("a");
  for (let afterMs = 5_000; afterMs < 60_000; afterMs += 5_000) {
    const next = copy.get(asked.ask, NOW + afterMs);
    asked.answer(new Error("overloaded"));
    assert.ok((await next)?.has("a"));
    assert.ok((await copy.get(asked.ask, NOW + afterMs + 4_999))?.has("a"));
  }
  assert.equal(asked.versions.length, 12);
  const late = copy.get(asked.ask, NOW + 60_000);
  asked.answer(new Error("overloaded"));
  assert.equal(await late, undefined);
  assert.equal(await copy.get(asked.ask, NOW + 64_999), undefined);
  assert.equal(asked.versions.length, 13, "nobody asks for it in between");
  const again = copy.get(asked.ask, NOW + 65_000);
  asked.answer(undefined);
  assert.ok((await again)?.has("a"));
});

test("[AC6e] where there is no copy yet, others look until the one that asks has it", async () => {
  const [copy, asked] = [new TokenListCopy(), new Asked()];
  const first = copy.get(asked.ask, NOW);
  const others = [1, 2, 3].map((ms) => copy.get(asked.ask, NOW + ms));
  asked.answer(listOf(1, "a"));
  for (const each of [first, ...others]) assert.ok((await each)?.has("a"));
  assert.deepEqual(asked.versions, [-1]);
});

test("[AC6e] they look in vain when that fails, and are refused", async () => {
  const [copy, asked] = [new TokenListCopy(), new Asked()];
  const all = [0, 1].map((ms) => copy.get(asked.ask, NOW + ms));
  asked.answer(new Error("gone"));
  assert.deepEqual(await Promise.all(all), [undefined, undefined]);
});

test("[AC6e] [AC6f] a request that asks and is ended in the middle holds up nobody for longer than three seconds", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const [copy, asked] = [new TokenListCopy(), new Asked()];
  void copy.get(asked.ask, NOW);
  let isOver = false;
  const other = copy.get(asked.ask, NOW + 1).finally(() => {
    isOver = true;
  });
  for (let ms = 0; ms < 2_980; ms += 10) {
    t.mock.timers.tick(10);
    await Promise.resolve();
    await Promise.resolve();
  }
  assert.equal(isOver, false);
  for (let i = 0; i < 20 && !isOver; i++) {
    t.mock.timers.tick(10);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(await other, undefined);
  const next = copy.get(asked.ask, NOW + 5_000);
  asked.answer(new Error("too late"));
  asked.answer(listOf(1, "a"));
  assert.ok((await next)?.has("a"));
});

test("[AC6e] what was forgotten is asked for at once; what was asked before does not count for whoever comes then", async () => {
  const { copy, asked } = await filled("a");
  copy.forget();
  const next = copy.get(asked.ask, NOW + 1);
  asked.answer(listOf(8));
  assert.equal((await next)?.size, 0);
  assert.deepEqual(asked.versions, [-1, 7]);
  const early = copy.get(asked.ask, NOW + 6_000);
  copy.forget();
  const late = copy.get(asked.ask, NOW + 6_001);
  asked.answer(listOf(9, "a"));
  assert.ok((await early)?.has("a"), "it came before");
  asked.answer(listOf(10));
  assert.equal((await late)?.size, 0);
});

test("[AC6e] an answer that comes after that to a later question changes nothing", async () => {
  const { copy, asked } = await filled("a");
  const early = copy.get(asked.ask, NOW + 5_000);
  copy.forget();
  const answers: ((list: TokenList) => void)[] = [];
  const late = copy.get(() => new Promise((resolve) => answers.push(resolve)), NOW + 5_001);
  answers[0]?.(listOf(9));
  assert.equal((await late)?.size, 0);
  asked.answer(listOf(8, "a"));
  assert.equal((await early)?.size, 0);
  assert.equal((await copy.get(asked.ask, NOW + 5_002))?.size, 0);
});

test("[AC6e] a change that cannot be asked for leaves no older copy", async (t) => {
  t.mock.method(console, "warn", () => {});
  const { copy, asked } = await filled("a");
  copy.forget();
  const next = copy.get(asked.ask, NOW + 1);
  asked.answer(new Error("gone"));
  assert.equal(await next, undefined);
});

test("[AC6e] whoever waits for the list gets it, however often it is changed from here meanwhile", async () => {
  const [copy, asked] = [new TokenListCopy(), new Asked()];
  const asking = copy.get(asked.ask, NOW);
  const waiting = copy.get(asked.ask, NOW + 1);
  copy.forget();
  const after = copy.get(asked.ask, NOW + 2);
  const waitingAfter = copy.get(asked.ask, NOW + 3);
  copy.forget();
  assert.deepEqual(asked.versions, [-1, -1], "nobody asks anew for a change after it came");
  asked.answer(listOf(1, "a"));
  asked.answer(listOf(2, "a"));
  for (const each of [asking, waiting, after, waitingAfter]) assert.ok((await each)?.has("a"));
});

test("[AC6e] a clock that was set back makes no copy count for longer", async () => {
  const { copy, asked } = await filled("a");
  const next = copy.get(asked.ask, NOW - 3_600_000);
  asked.answer(new Error("gone"));
  assert.equal(await next, undefined);
});
