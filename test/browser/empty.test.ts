/** A channel before its first point, and after its last; and what the browser is allowed to do for it. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, describe, test } from "node:test";
import { promisify } from "node:util";
import { clockText } from "../../page/ui/format.ts";
import { SECURITY_HEADERS } from "../../worker/http/headers.ts";
import { newPage } from "../support/browser.ts";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { Source } from "./source.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

describe("a channel and its page", { concurrency: true }, () => {
  test("[PG3] when the publisher stops the page says since when, and is live again with the next point", async (t) => {
    const channel = newChannel();
    const { send } = await stage.feed(t, channel);
    const tab = await stage.openTab(t, channel);
    const now = (): number => Date.now() / 1000;
    await tab.page.evaluate(`{
      globalThis.staleMs = [];
      const state = document.getElementById("state");
      new MutationObserver(() => {
        if (state.textContent.startsWith("Stale")) staleMs.push(Date.now());
      }).observe(state, { childList: true, characterData: true, subtree: true });
    }`);
    const sentMs = Date.now();
    // In one message: by what is between two the page would know how long a silence is usual.
    await send({ x: counting(5).map((i) => sentMs / 1000 + i / 1000), y: counting(5) });
    await tab.holds(5);
    const heldMs = Date.now();
    await tab.says("Live");
    await tab.says(/^Stale since \d\d:\d\d:\d\d$/);
    // By the page's own clock: how long it takes to ask it is no silence.
    const [staleMs = 0] = await tab.page.evaluate<number[]>("staleMs");
    assert.ok(staleMs - sentMs > 4500 && staleMs - heldMs < 7000, `stale ${staleMs - heldMs} ms after it held all`);
    const since = (await tab.text("#state")).replace("Stale since ", "");
    const clocks = counting(Math.ceil((heldMs - sentMs) / 1000) + 3, -1).map((s) => clockText(sentMs + 1000 * s));
    assert.ok(clocks.includes(since), `${since} is none of ${clocks}`);
    await send({ x: now(), y: 5 });
    await tab.says("Live");
    assert.deepEqual((await tab.series()).y, counting(6));
  });

  test("[PG80c] the first point of a channel is a whole dot, inside of the plot", async (t) => {
    const source = new Source(stage.edge);
    const tab = await stage.openTab(t, source.channel);
    await tab.says("Nothing published yet");
    await source.publish([rowOf(Date.now() / 1000, { y: 21.5 })]);
    await tab.holds(1);
    const { columns, scale } = await waitFor("the dot", async () => {
      const curve = await tab.curve();
      return curve.columns.some((column) => column !== null) && curve;
    });
    const drawn = columns.flatMap((column, at) => (column === null ? [] : [{ at, high: column[1] - column[0] + 1 }]));
    const tallest = Math.max(...drawn.map(({ high }) => high));
    assert.ok(drawn.length >= 7 * scale && drawn.length <= 10 * scale, `${drawn.length} columns`);
    assert.ok(Math.abs(tallest - drawn.length) <= 1, "it is round");
    const [first, last] = [drawn[0], drawn.at(-1)].map((one) => one?.high ?? 0);
    assert.ok(first && last && first < tallest && last < tallest, `no side is cut off: ${first}, ${tallest}, ${last}`);
  });

  test("[PG71a] a channel that nobody publishes to says so, in no green, and is live with the first point", async (t) => {
    const source = new Source(stage.edge);
    const tab = await stage.openTab(t, source.channel);
    await tab.says("Nothing published yet");
    const colours = (): Promise<string[]> =>
      tab.page.evaluate<string[]>(
        `["#state", "#figures"].map((id) => getComputedStyle(document.querySelector(id)).color)`,
      );
    const [state, quiet] = await colours();
    assert.equal(state, quiet, "it is as quiet as what is no state");
    await tab.page.getByRole("button", { name: "Pause" }).click();
    await tab.says("Paused · empty");
    await tab.page.getByRole("button", { name: "Resume" }).click();
    await source.now(() => ({ y: 1 }));
    await tab.says("Live");
    const [live] = await colours();
    assert.notEqual(live, quiet);
    assert.deepEqual((await tab.said()).slice(0, 2), ["Connecting…", "Nothing published yet"]);
  });

  test("[PG20a] its curl command, run as it stands, draws the point", async (t) => {
    const channel = newChannel();
    const tab = await stage.openTab(t, channel);
    await tab.joined();
    await waitFor("the empty page", () => tab.page.locator("#empty").isVisible());
    const command = await tab.text("#empty-curl");
    const url = stage.edge.channelUrl(channel).href;
    assert.ok(command.endsWith(` ${url}`), command);
    assert.equal(await tab.text("#empty-bridge"), `npm run bridge -- --to ${url}`);
    const env = { ...process.env, PUBLISH_TOKEN: stage.edge.token ?? "" };
    const { stdout } = await promisify(execFile)("sh", ["-c", command], { env });
    assert.deepEqual(JSON.parse(stdout), { seq: 1, points: 1, viewers: 1, duplicates: 0 });
    await tab.holds(1);
    await waitFor("the empty page gone", () => tab.page.locator("#empty").isHidden());
    assert.deepEqual((await tab.series()).y, [1]);
    const drawn = (await tab.curve()).columns.filter((rows) => rows !== null);
    assert.ok(drawn.length >= 2, "a single point is drawn as a dot");
    await promisify(execFile)("sh", ["-c", command.replace('"y":1', '"y":2')], { env });
    await tab.holds(2);
    assert.deepEqual((await tab.series()).y, [1, 2]);
    assert.deepEqual(await tab.gaps(), [], "the first publish is no gap");
  });

  test("[PG20a] Copy copies the command that it stands beside, exactly, and says so", async (t) => {
    const channel = newChannel();
    const tab = await stage.openTab(t, channel);
    await tab.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await tab.page.locator("#empty").waitFor();
    const url = stage.edge.channelUrl(channel).href;
    for (const [i, command] of [
      `curl -H "Authorization: Bearer $PUBLISH_TOKEN" -d '{"y":1}' ${url}`,
      `npm run bridge -- --to ${url}`,
    ].entries()) {
      const copy = tab.page.locator("#empty .command button").nth(i);
      // It is said for a moment only.
      const isSaid = copy.evaluate(
        `(button) => new Promise((done) => {
          const look = () => (button.textContent === "Copied" ? done() : requestAnimationFrame(look));
          look();
        })`,
      );
      await copy.click();
      await isSaid;
      assert.equal(await tab.page.evaluate("navigator.clipboard.readText()"), command);
    }
  });

  test("[PG20] where the browser gives no clipboard there is nothing to press, and the command is selected whole", async (t) => {
    const before = "Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined });";
    const tab = await stage.openTab(t, newChannel(), { before });
    await tab.page.locator("#empty").waitFor();
    assert.equal(await tab.page.locator("#empty .command button").count(), 0);
    await tab.page.locator("#empty-curl").click();
    assert.equal(await tab.page.evaluate("String(getSelection()).trim()"), await tab.text("#empty-curl"));
  });

  test("[RT6] the page and every file it loads carry the security headers, and come from one origin", async (t) => {
    const tab = await stage.openTab(t, newChannel());
    const loaded = new Map<string, Record<string, string>>();
    tab.page.on("response", async (response) => {
      // What is asked of the channel's room is no file.
      if (new URL(response.url()).search === "") loaded.set(response.url(), response.headers());
    });
    await tab.page.reload();
    await tab.joined();
    // The icon only comes where there is a tab to show it.
    const icon = await tab.page.request.get(new URL("/favicon.svg", stage.edge.url).href);
    loaded.set(icon.url(), icon.headers());
    assert.ok(loaded.size >= 4, `${[...loaded.keys()]}`);
    for (const [url, headers] of loaded) {
      assert.equal(new URL(url).origin, stage.edge.url.origin);
      for (const [name, value] of Object.entries(SECURITY_HEADERS))
        assert.equal(headers[name], value, `${name}: ${url}`);
    }
  });

  test("[RT6] a script that does not stand in a file of ours is not run", async (t) => {
    const tab = await stage.openTab(t, newChannel(), { breaksPolicy: true, expectedErrors: /Content Security Policy/ });
    await tab.joined();
    await tab.page.evaluate(`{
      const script = document.createElement("script");
      script.textContent = "globalThis.intruder = true";
      document.body.append(script);
    }`);
    assert.equal(await tab.page.evaluate("globalThis.intruder"), undefined);
    const violations = (): Promise<string[]> => tab.page.evaluate<string[]>("globalThis.recorded.violations");
    // A browser tells it a moment later.
    await waitFor("it being told", async () => (await violations()).length > 0);
    assert.deepEqual(await violations(), ["script-src-elem inline"]);
  });

  test("[RT6] a page of another site cannot show it in a frame; one of the same origin can", async (t) => {
    const { page, close } = await newPage(stage.browser, { width: 800, height: 600, colorScheme: "light" });
    t.after(close);
    const body = `<iframe src="${stage.edge.channelUrl(newChannel())}"></iframe>`;
    for (const [site, isAllowed] of [
      ["http://another.test/", false],
      [new URL("/frame.html", stage.edge.url).href, true],
    ] as const) {
      await page.route(site, (route) => route.fulfill({ contentType: "text/html", body }));
      await page.goto(site);
      assert.equal(await page.frames()[1]?.locator("#board").count(), isAllowed ? 1 : 0, site);
    }
  });
});
