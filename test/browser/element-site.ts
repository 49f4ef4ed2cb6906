/** A site of another origin, with a policy as strict as it may be, on whose pages the elements stand. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import { newPage, type PageOptions } from "../support/browser.ts";
import { waitFor } from "../support/wait.ts";

export interface SitePageOptions extends Partial<PageOptions> {
  /** Where the elements' file is. */
  from: URL;
  /** What the page may connect to, if not only to where that file is. */
  connect?: string;
  /** Code that runs in the page before the file. */
  before?: string;
  /** Console errors that the test itself provokes. */
  expectedErrors?: RegExp;
  breaksPolicy?: boolean;
  /** The page is isolated by COEP. */
  isolated?: boolean;
  /** The page loads the file by itself; else the test does. */
  loads?: boolean;
}

/** How it stands with an element. */
export interface SeenElement {
  state: string;
  /** All that it says of its state. */
  said: string;
}

export class ElementSite {
  readonly origin: string;
  readonly #server: Server;
  #html = "";
  #headers: Record<string, string> = {};
  /** What browsers reported of the policy, after the path that is its page's alone. */
  readonly #reports: string[] = [];
  #pages = 0;

  static async open(): Promise<ElementSite> {
    const server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
    return new ElementSite(server);
  }

  private constructor(server: Server) {
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    // Another host than the Worker's, too.
    this.origin = `http://localhost:${address.port}`;
    this.#server = server;
    server.on("request", (request, response) => {
      if (request.url?.startsWith("/reports/")) {
        let text = request.url;
        request.on("data", (piece) => {
          text += piece;
        });
        request.on("end", () => this.#reports.push(text));
        response.writeHead(204).end();
      } else if (request.url === "/") {
        response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...this.#headers }).end(this.#html);
      } else response.writeHead(404).end();
    });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Opens a page with this body; it fails the test if it logs an error, or breaks its policy. */
  async page(t: TestContext, browser: Browser, body: string, options: SitePageOptions): Promise<Page> {
    const {
      from,
      before,
      expectedErrors,
      breaksPolicy = false,
      isolated = false,
      loads = true,
      ...pageOptions
    } = options;
    const { connect = `${from.origin} ${from.origin.replace("http", "ws")}` } = options;
    this.#html = `<!doctype html><html lang="en"><title>site</title><link rel="icon" href="data:,">${loads ? `<script type="module" src="${new URL("/plot-cast.js", from)}"></script>` : ""}<body><main><h1>site</h1>${body}</main>`;
    const path = `/reports/${++this.#pages}/`;
    this.#headers = {
      "content-security-policy": `default-src 'none'; script-src ${from.origin}; style-src 'self'; img-src data:; connect-src ${connect}; require-trusted-types-for 'script'; report-uri ${path}`,
      ...(isolated && {
        "cross-origin-embedder-policy": "require-corp",
        "cross-origin-opener-policy": "same-origin",
      }),
    };
    const opened = await newPage(browser, { width: 900, height: 700, colorScheme: "light", ...pageOptions });
    const { page, errors, close } = opened;
    t.after(async () => {
      await close();
      const reports = this.#reports.filter((report) => report.startsWith(path));
      if (!breaksPolicy) assert.deepEqual(reports, [], "Content-Security-Policy");
      const unexpected = errors.filter((error) => expectedErrors?.test(error) !== true);
      assert.deepEqual(unexpected, [], "errors in the page");
    });
    if (before !== undefined) await page.addInitScript(before);
    await page.goto(this.origin);
    return page;
  }
}

/** How it stands with the first element that fits. (Code for the page is text: these tests are checked without the types of a browser.) */
export async function seen(page: Page, selector = "plot-cast"): Promise<SeenElement> {
  return await page.evaluate<SeenElement>(`(() => {
    const element = document.querySelector(${JSON.stringify(selector)});
    return { state: element.state, said: element.shadowRoot.querySelector(".state").textContent };
  })()`);
}

/** Waits until an element says so. */
export async function says(page: Page, text: RegExp, selector = "plot-cast"): Promise<SeenElement> {
  return await waitFor(`${selector} says ${text}`, async () => {
    const now = await seen(page, selector);
    if (!text.test(now.said)) throw new Error(`it says: ${now.said}`);
    return now;
  });
}

/** How many pixels of a plot have a colour: whether lines are drawn. */
export async function paintedPixels(page: Page, selector = "plot-cast"): Promise<number> {
  return await page.evaluate<number>(`(() => {
    const canvas = document.querySelector(${JSON.stringify(selector)}).shadowRoot.querySelector(".plot canvas");
    if (canvas === null || canvas.width === 0) return 0;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let painted = 0;
    for (let i = 0; i < data.length; i += 4) {
      const [red, green, blue, alpha] = data.subarray(i, i + 4);
      if (alpha > 200 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) painted++;
    }
    return painted;
  })()`);
}

/** The names in the legends of a plot. */
export async function legends(page: Page, selector = "plot-cast"): Promise<string[]> {
  return await inPage(
    page,
    `return [...element.shadowRoot.querySelectorAll("[data-series]")].map(({ dataset }) => dataset.series);`,
    selector,
  );
}

/** Runs code in which `element` is the first that fits. */
export async function inPage<T>(page: Page, code: string, selector = "plot-cast"): Promise<T> {
  return await page.evaluate<T>(`((element) => { ${code} })(document.querySelector(${JSON.stringify(selector)}))`);
}

/**
 * Runs in the page before the elements' file: counts drawings, and keeps the texts that the newest drawing of each canvas has.
 */
export const RECORDER = `{
  const recorded = { draws: 0, texts: new Map() };
  globalThis.recorded = recorded;
  const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...rest) {
    recorded.draws++;
    recorded.texts.set(this.canvas, []);
    return clearRect.apply(this, rest);
  };
  CanvasRenderingContext2D.prototype.fillText = function (...rest) {
    recorded.texts.get(this.canvas)?.push(rest[0]);
    return fillText.apply(this, rest);
  };
}`;

/** The labels of the first plot, as they were drawn last. */
export async function labels(page: Page, selector = "plot-cast"): Promise<string[]> {
  return await inPage(
    page,
    `return recorded.texts.get(element.shadowRoot.querySelector(".plot canvas")) ?? [];`,
    selector,
  );
}
