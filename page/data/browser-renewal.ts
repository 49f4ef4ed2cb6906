import { isOutdated } from "./renewal.ts";

/** Whether the Worker that this page came from has another one by now. */
export function pageIsOutdated(): Promise<boolean> {
  const script = document.querySelector<HTMLScriptElement>('script[src^="/assets/"]')?.getAttribute("src") ?? "";
  const read = async (): Promise<string> => {
    const response = await fetch(location.pathname, { headers: { Accept: "text/html" }, cache: "no-store" });
    return response.ok ? response.text() : "";
  };
  return script === "" ? Promise.resolve(false) : isOutdated(read, script);
}
