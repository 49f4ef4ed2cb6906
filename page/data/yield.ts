/** No longer than this without an answer, and less than a picture of 30 a second takes. */
const TURN_MS = 25;

let sinceMs = 0;

/** In long work: yields to the event loop if that had no turn for a while. */
export async function yieldToPage(): Promise<void> {
  if (performance.now() - sinceMs < TURN_MS) return;
  await new Promise((done) => setTimeout(done));
  sinceMs = performance.now();
}
