/**
 * Cloudflare's rate limiting binding, as far as it is used (https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/).
 * It counts for all isolates of one Cloudflare location, and not exactly.
 */
export interface RateLimitBinding {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}

/** How long its shortest period is: whoever was refused asks again after that. */
export const RATE_LIMIT_PERIOD_S = 10;

/** Whether a key is within a rate limit. One that is not configured, or fails, refuses nobody: what is counted in memory still counts. */
export async function isWithin(binding: RateLimitBinding | undefined, key: string): Promise<boolean> {
  if (binding === undefined) return true;
  try {
    return (await binding.limit({ key })).success;
  } catch (error) {
    console.warn(`A rate limit cannot be asked: ${error instanceof Error ? error.message : "no reason was given"}.`);
    return true;
  }
}
