/** More than all reads of an isolate can have reserved: beyond it the clock was set back. */
const MAX_WAIT_MS = 1000;

let freeAtMs = 0;

/**
 * Waits until it is this read's turn, which takes some milliseconds; so everything else goes on in between. Locally
 * Worker, objects and sockets share one thread, which looks for what comes in only once nothing is left to do: so it takes
 * a timer, and reads that are many must not become due together.
 */
export async function takeTurn(ms: number): Promise<void> {
  const nowMs = Date.now();
  const atMs = freeAtMs > nowMs && freeAtMs < nowMs + MAX_WAIT_MS ? freeAtMs : nowMs;
  freeAtMs = atMs + ms;
  await pause(atMs - nowMs);
}

/** Other events come before this resolves, however short it is. */
export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
