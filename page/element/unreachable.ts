/** Whether the page's Content-Security-Policy has kept requests to a channel from being made. Browsers tell that to the document alone. */
export class PolicyWatch {
  hasRefused = false;
  readonly #watching = new AbortController();

  constructor(url: URL) {
    document.addEventListener(
      "securitypolicyviolation",
      ({ blockedURI, disposition, effectiveDirective }) => {
        const isOurs = URL.canParse(blockedURI) && new URL(blockedURI).host === url.host;
        if (isOurs && disposition === "enforce" && effectiveDirective === "connect-src") this.hasRefused = true;
      },
      this.#watching,
    );
  }

  close(): void {
    this.#watching.abort();
  }
}

/** Why nothing comes of a channel that was never reached: browsers do not say whether it refuses a page of another origin. */
export async function whyUnreachable(url: URL, isRefusedByPolicy: boolean): Promise<string> {
  const { origin, host } = url;
  if (isRefusedByPolicy) {
    const sockets = origin.replace("http", "ws");
    return `The Content-Security-Policy of this page does not let it connect: add ${origin} ${sockets} to its connect-src.`;
  }
  // Any page may read this file.
  const answers = await fetch(new URL("/plot-cast.js", url), { method: "HEAD", cache: "no-store" }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (answers && origin !== location.origin)
    return `${host} does not let pages of ${location.origin} watch. Name that origin in its ALLOWED_ORIGINS.`;
  // (https://w3c.github.io/webappsec-mixed-content/)
  const isMixed = location.protocol === "https:" && url.protocol === "http:";
  return `${host} cannot be reached. It is tried again.${isMixed ? " From a page of https it must be https, too." : ""}`;
}
