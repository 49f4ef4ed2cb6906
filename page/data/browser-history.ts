import { FRAME_TYPE } from "../../protocol/limits.ts";
import { Past } from "./history-fetcher.ts";
import { turn } from "./turn.ts";

/** The past of a channel, read as a browser does. */
export function browserPast(channelUrl: URL, changed: () => void): Past {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new Past(
    {
      async read(query, signal) {
        const url = new URL(channelUrl);
        url.search = query;
        const response = await fetch(url, { headers: { Accept: FRAME_TYPE }, signal });
        if (!response.ok) throw new Error(`The stored points were refused: ${response.status}.`);
        return piecesOf(response.body);
      },
      wakeIn(ms, wake) {
        clearTimeout(timer);
        timer = setTimeout(wake, ms);
      },
      turn,
      random: Math.random,
    },
    changed,
  );
}

/** Not every browser lets a body be iterated over. */
async function* piecesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done || value === undefined) return;
      yield value;
    }
  } finally {
    await reader?.cancel();
  }
}
