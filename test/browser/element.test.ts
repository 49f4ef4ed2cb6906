/** `<plot-cast>` and `<plot-cast-value>` on pages of another site, whose policy is strict. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import type { Page } from "playwright-core";
import { FrameBuilder } from "../../protocol/frame/frame-builder.ts";
import { openBrowser } from "../support/browser.ts";
import { startEdge } from "../support/edge.ts";
import { ADMIN, makeToken } from "../support/named-tokens.ts";
import { newChannel, publishFrames, publishJson, rowOf } from "../support/publish.ts";
import { ReverseProxy } from "../support/reverse-proxy.ts";
import { waitFor } from "../support/wait.ts";
import { assertAccessible } from "./accessible.ts";
import { NETWORK_ERROR } from "./channel-tab.ts";
import { ElementSite, inPage, labels, legends, paintedPixels, RECORDER, says } from "./element-site.ts";

const site = await ElementSite.open();
const [edge, closed, browser] = await Promise.all([
  startEdge({ vars: { ALLOWED_ORIGINS: site.origin, WATCH: "private/**=token", ADMIN_TOKEN: ADMIN } }),
  startEdge(),
  openBrowser(),
]);
after(async () => {
  await Promise.all([edge.close(), closed.close(), browser.close()]);
  site.close();
});
const from = edge.url;

const nowS = (): number => Date.now() / 1000;

/** Points of the last seconds, ten a second. */
async function past(channel: string, seconds: number, values: (i: number) => Record<string, number>): Promise<void> {
  const end = nowS();
  const points = Array.from({ length: seconds * 10 }, (_, i) => ({ x: end - seconds + i / 10, ...values(i) }));
  await publishJson(edge, channel, points);
}

const temp = (i: number): Record<string, number> => ({ temp: 20 + Math.sin(i / 10) });

function plot(channel: string, attributes = ""): string {
  return `<plot-cast src="${edge.channelUrl(channel)}" ${attributes}></plot-cast>`;
}

function value(channel: string, attributes = ""): string {
  return `<plot-cast-value src="${edge.channelUrl(channel)}" ${attributes}></plot-cast-value>`;
}

/** How many viewers the channel has. */
async function viewers(channel: string): Promise<number> {
  return (await publishJson(edge, channel, { x: nowS(), temp: 20 })).viewers;
}

async function valueSays(page: Page, text: string, selector = "plot-cast-value"): Promise<void> {
  await waitFor(`${selector} shows ${text}`, async () => {
    const now = await inPage<string>(
      page,
      `return [...element.shadowRoot.querySelectorAll("[part=value], [part=unit]")].map((each) => each.textContent).join(" ");`,
      selector,
    );
    if (now.trim() !== text) throw new Error(`it shows: ${now}`);
    return true;
  });
}

test("[EL1a] [EL2a] [EL8a] on a page of another origin with a strict policy, isolated, it draws what is stored and what comes", async (t) => {
  const channel = newChannel();
  await past(channel, 20, temp);
  const page = await site.page(t, browser, plot(channel), { from, isolated: true });
  await says(page, /^Live/);
  assert.equal(await page.evaluate("crossOriginIsolated"), true);
  await waitFor("a line", async () => (await paintedPixels(page)) > 100);
  await waitFor("its legend", async () => (await legends(page)).join() === "temp");
  await publishJson(edge, channel, { x: nowS(), temp: 35 });
  await waitFor("the new value", async () => (await page.locator("plot-cast .value").textContent())?.startsWith("35."));
});

test("[EL3a] series, window, y range and theme count as soon as they change", async (t) => {
  const channel = newChannel();
  await past(channel, 40, (i) => ({ ...temp(i), "cell.1": 3 + (i % 10) / 10, "cell.2": 3.5 }));
  const page = await site.page(t, browser, plot(channel, 'series="temp"'), { from, before: RECORDER });
  await says(page, /^Live/);
  await waitFor("one series", async () => (await legends(page)).join() === "temp");
  await inPage(page, `element.setAttribute("series", "cell.*");`);
  await waitFor("the cells", async () => (await legends(page)).join() === "cell.1,cell.2");
  await inPage(page, `element.series = ["temp", "cell.2"];`);
  await waitFor("both", async () => (await legends(page)).sort().join() === "cell.2,temp");
  await inPage(page, `element.setAttribute("series", "temp"); element.setAttribute("y", "-50..150");`);
  await waitFor("the range", async () => (await labels(page)).includes("100"));
  await inPage(page, `element.removeAttribute("y");`);
  await waitFor("its own range", async () => !(await labels(page)).includes("100"));
  const xLabels = `return recorded.texts.get(element.shadowRoot.querySelector(".x-axis canvas")).join();`;
  const before = await inPage<string>(page, xLabels);
  await inPage(page, `element.window = "10";`);
  await waitFor("another window", async () => (await inPage<string>(page, xLabels)) !== before);
  const ground = (): Promise<string> => inPage(page, `return getComputedStyle(element).backgroundColor;`);
  assert.equal(await ground(), "rgb(255, 255, 255)");
  await inPage(page, `element.setAttribute("theme", "dark");`);
  assert.equal(await ground(), "rgb(13, 17, 23)");
  await inPage(page, `element.removeAttribute("theme");`);
  await page.emulateMedia({ colorScheme: "dark" });
  assert.equal(await ground(), "rgb(13, 17, 23)");
});

test("[EL3b] what an attribute says that cannot be is told, and counts as not there", async (t) => {
  const channel = newChannel();
  await past(channel, 20, temp);
  const wrong = 'window="soon" y="9..3" theme="blue" series="temp,tmp"';
  const page = await site.page(t, browser, plot(channel, wrong), { from });
  const { said } = await says(page, /No series/);
  assert.match(said, /^Live · window="soon" is no window: 60 \(seconds\), 5m/);
  assert.match(said, /y="9\.\.3": “9\.\.3” is none of 0\.\.10/);
  assert.match(said, /theme="blue" is none of light, dark, auto/);
  assert.match(said, /No series “tmp” so far/);
  await waitFor("the one that is there", async () => (await legends(page)).join() === "temp");
});

test("[EL4a] [EL4b] elements of one channel share a subscription, which ends with the last of them", async (t) => {
  const channel = newChannel();
  await past(channel, 20, temp);
  const page = await site.page(
    t,
    browser,
    `${plot(channel)}${plot(channel, 'window="5m" series="temp"')}${value(channel)}`,
    {
      from,
    },
  );
  await says(page, /^Live/);
  await says(page, /^Live/, "plot-cast:nth-of-type(2)");
  await says(page, /^Live/, "plot-cast-value");
  await waitFor("one viewer", async () => (await viewers(channel)) === 1);
  await inPage(page, `element.remove();`);
  await inPage(page, `element.remove();`, "plot-cast-value");
  assert.equal(await viewers(channel), 1, "the second plot is still there");
  await says(page, /^Live/);
  await inPage(page, `globalThis.kept = element; element.remove();`);
  await waitFor("no viewer", async () => (await viewers(channel)) === 0);
  await page.evaluate("document.body.append(kept)");
  await waitFor("a viewer again", async () => (await viewers(channel)) === 1);
  await waitFor("a line", async () => (await paintedPixels(page)) > 100);
});

test("[EL4c] an element that is moved keeps its subscription; another src is another one", async (t) => {
  const [channel, other] = [newChannel(), newChannel()];
  await past(channel, 20, temp);
  await past(other, 20, () => ({ volt: 3 }));
  const page = await site.page(t, browser, `${plot(channel)}<section></section>`, { from });
  let sockets = 0;
  await says(page, /^Live/);
  page.on("websocket", () => sockets++);
  await inPage(page, `document.querySelector("section").append(element);`);
  await publishJson(edge, channel, { x: nowS(), fresh: 1 });
  await waitFor("what came since", async () => (await legends(page)).includes("fresh"));
  assert.equal(sockets, 0);
  await inPage(page, `element.src = ${JSON.stringify(edge.channelUrl(other).href)};`);
  await waitFor("the other channel", async () => (await legends(page)).join() === "volt");
  await waitFor("no viewer of the first", async () => (await viewers(channel)) === 0);
});

test("[EL4d] a window that reaches further back than what is held is filled", async (t) => {
  const channel = newChannel();
  await past(channel, 20, temp);
  const page = await site.page(t, browser, `${plot(channel)}${plot(channel)}`, { from });
  const sockets: string[] = [];
  page.on("websocket", (socket) => sockets.push(new URL(socket.url()).search));
  await says(page, /^Live/);
  await inPage(page, `element.window = "10m";`);
  await waitFor("a longer tail", () => sockets.at(-1)?.includes("seconds=600"));
  await says(page, /^Live/);
  await says(page, /^Live/, "plot-cast:nth-of-type(2)");
  await waitFor("one viewer", async () => (await viewers(channel)) === 1);
});

test("[EL5a] [EL5b] a private channel: no such channel, until a token is set as a property; what is wrong is told", async (t) => {
  const channel = `private/${newChannel()}`;
  await past(channel, 20, temp);
  const { token } = await makeToken(edge, "wall", { "private/**": ["watch"] });
  const page = await site.page(t, browser, plot(channel, 'token="secret"'), {
    from,
    expectedErrors: /40[14] \(|WebSocket connection/,
  });
  const { said, state } = await says(page, /^No such channel/);
  assert.equal(state, "refused");
  assert.match(said, /set the property token/);
  assert.match(said, /A token in HTML is read by whoever sees the page's source/);
  await inPage(page, `element.removeAttribute("token"); element.token = ${JSON.stringify(token)};`);
  assert.doesNotMatch((await says(page, /^Live/)).said, /token/);
  await waitFor("a line", async () => (await paintedPixels(page)) > 100);
  assert.doesNotMatch(await page.content(), new RegExp(token));
  await inPage(page, `element.token = () => "of-no-use-to-anybody";`);
  assert.equal((await says(page, /^No access/)).state, "refused");
  await inPage(page, `element.token = async () => ${JSON.stringify(token)};`);
  await says(page, /^Live/);
  await inPage(page, `element.token = undefined;`);
  await says(page, /^No such channel/);
});

test("[EL5c] what a program sets before the browser knows the elements counts", async (t) => {
  const channel = `private/${newChannel()}`;
  await past(channel, 20, temp);
  const { token } = await makeToken(edge, "early", { "private/**": ["watch"] });
  const page = await site.page(t, browser, "", { from, loads: false });
  await page.evaluate(`{
    const plot = document.createElement("plot-cast");
    plot.src = ${JSON.stringify(edge.channelUrl(channel).href)};
    plot.token = ${JSON.stringify(token)};
    plot.series = ["temp"];
    document.querySelector("main").append(plot);
    const value = document.createElement("plot-cast-value");
    Object.assign(value, { src: plot.src, token: plot.token, series: "temp", digits: 1 });
    document.querySelector("main").append(value);
  }`);
  await page.evaluate(`import(${JSON.stringify(new URL("/plot-cast.js", from).href)})`);
  await says(page, /^Live/);
  await says(page, /^Live/, "plot-cast-value");
  assert.equal(
    await inPage(page, `return element.getAttribute("series") + element.hasAttribute("token");`),
    "tempfalse",
  );
  assert.equal(await page.evaluate(`document.querySelector("plot-cast-value").getAttribute("digits")`), "1");
  assert.equal((await publishJson(edge, channel, { x: nowS(), temp: 1 })).viewers, 1);
});

test("[EL6a] the newest value of a series, its unit and its digits; a name where it has one", async (t) => {
  const channel = newChannel();
  await publishJson(edge, channel, [{ x: nowS(), "temp [°C]": 21.456, other: 7 }]);
  const page = await site.page(
    t,
    browser,
    value(channel, 'series="temp [°C]" digits="1"') + value(channel, 'series="oth*" unit="V" class="second"'),
    { from },
  );
  await valueSays(page, "21.5 °C");
  await valueSays(page, "7 V", ".second");
  await publishJson(edge, channel, { x: nowS(), "temp [°C]": 22, other: 8 });
  await valueSays(page, "22.0 °C");
  await inPage(page, `element.digits = 3; element.unit = "K";`, "plot-cast-value");
  await valueSays(page, "22.000 K");
  await inPage(page, `element.digits = "many";`, "plot-cast-value");
  await says(page, /digits="many" is no whole number from 0 to 15/, "plot-cast-value");
  await inPage(page, `element.series = "none";`, "plot-cast-value");
  await valueSays(page, "–");
  await says(page, /No series “none” so far/, "plot-cast-value");
});

test("[EL6b] the number is not announced as it changes; its state is, in words", async (t) => {
  const channel = newChannel();
  const old = nowS() - 3600;
  await publishJson(
    edge,
    channel,
    [0, 1, 2, 3].map((i) => ({ x: old + i, temp: 20 + i })),
  );
  const page = await site.page(t, browser, value(channel, 'series="temp"'), { from });
  await says(page, /^Stale since \d\d:\d\d:\d\d|^Stale since \w+ \d/, "plot-cast-value");
  const live = await inPage(
    page,
    `return [...element.shadowRoot.querySelectorAll("[role=status], [aria-live]")].map(({ textContent }) => textContent);`,
    "plot-cast-value",
  );
  assert.deepEqual(live, ["Stale"]);
  await publishJson(edge, channel, { x: nowS(), temp: 5 });
  await says(page, /^Live/, "plot-cast-value");
});

test("[EL7a] it says what it waits for: nothing published, stale, offline, live again", async (t) => {
  const channel = newChannel();
  const page = await site.page(t, browser, plot(channel), { from, expectedErrors: NETWORK_ERROR });
  await says(page, /^Nothing published yet/);
  const old = nowS() - 3600;
  await page.evaluate(
    `globalThis.states = []; document.querySelector("plot-cast").addEventListener("statechange", ({ target }) => states.push(target.state))`,
  );
  await publishJson(
    edge,
    channel,
    [0, 1, 2, 3].map((i) => ({ x: old + i, temp: 20 + i })),
  );
  await says(page, /^Live/);
  await page.context().setOffline(true);
  await page.evaluate("dispatchEvent(new Event('offline'))");
  await says(page, /^Offline since \d\d:\d\d/);
  await page.context().setOffline(false);
  await says(page, /^(Live|Stale since)/);
  const states = await page.evaluate<string[]>("states");
  assert.deepEqual(states.slice(0, 2), ["live", "offline"]);
});

test("[EL7b] it says why it cannot connect, and what to do", async (t) => {
  const channel = newChannel();
  await t.test("another origin than those that are allowed", async (t) => {
    const page = await site.page(t, browser, `<plot-cast src="${closed.channelUrl(channel)}"></plot-cast>`, {
      from: closed.url,
      expectedErrors: /./,
    });
    const { said } = await says(page, /ALLOWED_ORIGINS/);
    assert.ok(said.includes(`${closed.url.host} does not let pages of ${site.origin} watch`), said);
  });
  await t.test("a policy that forbids it", async (t) => {
    const page = await site.page(t, browser, plot(channel), {
      from,
      connect: "'none'",
      breaksPolicy: true,
      expectedErrors: /./,
    });
    const { said } = await says(page, /Content-Security-Policy/);
    assert.ok(said.includes(`add ${edge.url.origin} ws://${edge.url.host} to its connect-src`), said);
  });
  await t.test("nobody there", async (t) => {
    const gone = await ReverseProxy.to(t, closed.url, { instead: (response) => response.destroy() });
    const page = await site.page(t, browser, `<plot-cast src="${new URL("/c/x", gone.url)}"></plot-cast>`, {
      from,
      connect: "*",
      expectedErrors: NETWORK_ERROR,
    });
    const { said } = await says(page, /^Reconnecting… · /);
    assert.ok(said.includes(`${gone.url.host} cannot be reached`), said);
  });
  await t.test("no channel's URL", async (t) => {
    const page = await site.page(t, browser, `<plot-cast></plot-cast>`, { from });
    assert.equal((await says(page, /^Nothing to show · There is no src/)).state, "invalid");
    await inPage(page, `element.src = "/elsewhere";`);
    await says(page, /“\/elsewhere” is no channel\. It is a channel's URL, like/);
  });
});

test("[EL2b] where no WebSocket comes through it takes events", async (t) => {
  const channel = newChannel();
  await past(channel, 20, temp);
  const proxy = await ReverseProxy.to(t, edge.url, { upgrades: false });
  const page = await site.page(t, browser, `<plot-cast src="${new URL(`/c/${channel}`, proxy.url)}"></plot-cast>`, {
    from,
    connect: `${proxy.url.origin} ${proxy.url.origin.replace("http", "ws")}`,
    expectedErrors: NETWORK_ERROR,
  });
  const types: (string | undefined)[] = [];
  page.on("response", (response) => types.push(response.headers()["content-type"]));
  await says(page, /^Live/);
  await waitFor("a line", async () => (await paintedPixels(page)) > 100);
  assert.ok(
    types.some((type) => type?.startsWith("text/event-stream")),
    `${types}`,
  );
  await publishJson(edge, channel, { x: nowS(), fresh: 1 });
  await waitFor("what came since", async () => (await legends(page)).includes("fresh"));
});

test("[EL2a] [EL4a] the page of examples/embed.html shows a channel, as it stands there", async (t) => {
  const channel = newChannel();
  await past(channel, 20, temp);
  const example = await readFile(new URL("../../examples/embed.html", import.meta.url), "utf8");
  const body = /<body>(.*)<\/body>/s.exec(example)?.[1] ?? assert.fail("it has no body");
  const shown = body.replaceAll("http://localhost:8787/c/main", edge.channelUrl(channel).href);
  assert.match(example, /<script type="module" src="http:\/\/localhost:8787\/plot-cast\.js"><\/script>/);
  const page = await site.page(t, browser, shown, { from });
  const last = "plot-cast:last-of-type";
  for (const selector of ["plot-cast", last, "plot-cast-value"]) {
    const { said } = await says(page, /^Live/, selector);
    assert.equal(said, "Live", "nothing is wrong with its attributes");
  }
  await waitFor("both", async () => (await legends(page)).length === 1 && (await legends(page, last)).length === 1);
});

test("[EL9a] it draws only while it is seen", async (t) => {
  const channel = newChannel();
  await past(channel, 20, temp);
  const page = await site.page(t, browser, `${plot(channel)}`, { from, before: RECORDER });
  await says(page, /^Live/);
  await waitFor("a line", async () => (await paintedPixels(page)) > 100);
  await inPage(page, `element.style.marginTop = "5000px";`);
  // Once the browser has told it, and what was asked for is drawn, nothing draws.
  const frames = `new Promise((resolve) => {
    const observer = new IntersectionObserver(() => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    observer.observe(document.querySelector("plot-cast"));
  })`;
  await page.evaluate(frames);
  await page.evaluate("recorded.draws = 0");
  await publishJson(edge, channel, { x: nowS(), temp: 99 });
  await waitFor(
    "it to be told",
    async () => (await inPage<number>(page, `return element.shadowRoot.querySelectorAll(".note").length;`)) === 1,
  );
  await page.evaluate(frames);
  assert.equal(await page.evaluate("recorded.draws"), 0);
  await inPage(page, `element.scrollIntoView();`);
  await waitFor("the value that came meanwhile", async () =>
    /^99/.test((await page.locator("plot-cast .value").textContent()) ?? ""),
  );
});

test("[EL9b] it is as large as its element, in pixels of the screen", async (t) => {
  const channel = newChannel();
  await past(channel, 20, temp);
  const page = await site.page(t, browser, plot(channel), { from });
  await waitFor("a line", async () => (await paintedPixels(page)) > 100);
  await inPage(page, `element.style.width = "400px"; element.style.height = "200px";`);
  const width = (): Promise<number> => inPage(page, `return element.shadowRoot.querySelector(".plot canvas").width;`);
  await waitFor("its new size", async () => (await width()) === 400);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setDeviceMetricsOverride", {
    width: 900,
    height: 700,
    deviceScaleFactor: 2,
    mobile: false,
  });
  await publishJson(edge, channel, { x: nowS(), temp: 20 });
  await waitFor("twice the pixels", async () => (await width()) === 800);
  await waitFor("a line", async () => (await paintedPixels(page)) > 200);
});

test("[EL9c] a gap is marked and told", async (t) => {
  const channel = newChannel();
  const end = nowS();
  const builder = new FrameBuilder();
  for (let i = 0; i < 20; i++) {
    const gap = { reason: "bridge-full", points: 12, fromX: end - 11, toX: end - 10, series: "" };
    if (i === 10) builder.addGap({ kind: "gap", ...gap });
    builder.add(rowOf(end - 20 + i, { temp: i }));
  }
  await publishFrames(edge, channel, builder.encode("00000000000000aa", 1));
  const page = await site.page(t, browser, plot(channel), { from });
  await says(page, /12 points missing/);
  const mark = page.locator("plot-cast .gap:not([hidden])");
  await waitFor("the mark", async () => (await mark.count()) === 1);
  const box = (await mark.boundingBox()) ?? assert.fail("the mark has no place");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await waitFor("what is missing", async () =>
    /12 points missing.*spool was full/s.test((await page.locator("plot-cast .gap-tip").textContent()) ?? ""),
  );
});

test("[EL10a] [EL10b] axe finds nothing, light or dark; a legend is worked by keys; forced colours are the system's", async (t) => {
  const channel = newChannel();
  await past(channel, 20, (i) => ({ ...temp(i), volt: 3 }));
  const page = await site.page(t, browser, plot(channel) + value(channel, 'series="temp"'), { from });
  await waitFor("both series", async () => (await legends(page)).length === 2);
  const role = `return [element.shadowRoot.querySelector("section").ariaLabel, element.shadowRoot.querySelector("ul").ariaLabel];`;
  assert.deepEqual(await inPage(page, role), ["temp, volt", "Series"]);
  // By the browser's own tree: what elements say of themselves is no attribute.
  const { nodes } = await (await page.context().newCDPSession(page)).send("Accessibility.getFullAXTree");
  const groups = nodes
    .filter(({ role, ignored }) => role?.value === "group" && !ignored)
    .map(({ name }) => name?.value);
  assert.deepEqual(groups, [`Channel ${channel}`, "temp"]);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await assertAccessible({ page }, colorScheme);
  }
  const entry = page.locator('plot-cast [data-series="temp"]');
  await page.keyboard.press("Tab");
  await waitFor(
    "focus",
    async () => (await inPage(page, `return element.shadowRoot.activeElement?.dataset.series;`)) === "temp",
  );
  await page.keyboard.press("Enter");
  await waitFor("hidden", async () => (await entry.getAttribute("aria-pressed")) === "false");
  await page.keyboard.press("Enter");
  await waitFor("shown", async () => (await entry.getAttribute("aria-pressed")) === "true");
  await page.emulateMedia({ forcedColors: "active" });
  assert.equal(await inPage(page, `return getComputedStyle(element).getPropertyValue("--ground");`), "Canvas");
});

test("[EL7c] it comes back when the Worker was away", async (t) => {
  const channel = newChannel();
  await past(channel, 20, temp);
  const page = await site.page(t, browser, plot(channel), { from, expectedErrors: NETWORK_ERROR });
  await says(page, /^Live/);
  await edge.restart();
  await says(page, /^(Live|Stale)/);
  await publishJson(edge, channel, { x: nowS(), fresh: 1 });
  await waitFor("what came since", async () => (await legends(page)).includes("fresh"));
});
