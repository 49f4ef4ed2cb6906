import { concat } from "../../../protocol/bytes.ts";
import { FETCH_MS } from "./next-step.ts";

/** A key takes some 400 bytes. */
export const MAX_KEYS_BYTES = 65_536;

/** JSON from a URL: within 3 s, of 64 KiB at most, and from there alone. @throws Error whose message ends a sentence */
export async function fetchJson(url: string, timeoutMs = FETCH_MS): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    // (workerd does not know `redirect: "error"`.)
    const response = await fetch(url, { headers: { Accept: "application/json" }, redirect: "manual", signal });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(
        response.status === 0 || (response.status >= 300 && response.status < 400)
          ? "it leads elsewhere (a redirect is not followed)"
          : `it answers ${response.status}`,
      );
    }
    return parsed(await readUpTo(response, MAX_KEYS_BYTES));
  } catch (error) {
    if (signal.aborted) throw new Error(`it takes longer than ${timeoutMs / 1000} s`);
    throw error;
  }
}

async function readUpTo(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done || value === undefined) break;
    length += value.length;
    if (length > maxBytes) {
      await reader?.cancel();
      throw new Error(`it has more than ${maxBytes / 1024} KiB`);
    }
    chunks.push(value);
  }
  return concat(chunks);
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    throw new Error("it is not JSON");
  }
}
