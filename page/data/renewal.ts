/**
 * Whether the Worker has another page by now than this one: then there was a deploy, and what this page would load
 * later may be gone. Every file's name holds its hash, so the script's name says it.
 */
export async function isOutdated(read: () => Promise<string>, script: string): Promise<boolean> {
  try {
    const html = await read();
    return html.includes("/assets/page-") && !html.includes(script);
  } catch {
    // Nobody answers: nothing is known.
    return false;
  }
}
