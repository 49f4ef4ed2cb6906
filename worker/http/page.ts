import { embeddedHeaders, SECURITY_HEADERS } from "./headers.ts";

/** Where page.html and its files are. */
type Assets = Pick<Fetcher, "fetch">;

/** Of this isolate, which serves the page of one deploy. */
let knownBuild: string | undefined;

/** The page of a channel. */
export async function pageResponse(assets: Assets, url: URL, embedOrigins: string | undefined): Promise<Response> {
  const page = await readPage(assets, url);
  return new Response(page.body, {
    headers: {
      ...(url.searchParams.get("embed") === "1" ? embeddedHeaders(embedOrigins) : SECURITY_HEADERS),
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-cache",
      Vary: "Accept",
    },
  });
}

/**
 * Which page this Worker serves: the name of its script, which holds a hash of what is in it. It is read from the page itself,
 * so it cannot be another's, whatever built and started the Worker.
 */
export async function pageBuild(assets: Assets, url: URL): Promise<string> {
  knownBuild ??= /\ssrc="\/assets\/([^"]+)"/.exec(await (await readPage(assets, url)).text())?.[1] ?? "";
  return knownBuild;
}

async function readPage(assets: Assets, url: URL): Promise<Response> {
  const page = await assets.fetch(new URL("/page.html", url));
  if (!page.ok) throw new Error(`The page was not built: page.html is ${page.status}.`);
  return page;
}
