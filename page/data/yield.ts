/** No longer than this without an answer, and less than a picture of 30 a second takes. */
const TURN_MS = 25;

let sinceMs = 0;

/** For long work: lets the page have its turn if it has had none for a while. */
export async function yieldToPage(): Promise<void> {
  if (performance.now() - sinceMs < TURN_MS) return;
  await new Promise((done) => setTimeout(done));
  sinceMs = performance.now();
}
