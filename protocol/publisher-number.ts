/**
 * How a publisher's own numbers of its frames may grow. Whoever reads a channel can see a publisher's id; a frame with
 * that id and the largest number there is would leave the publisher no number to go on with.
 *
 * A bridge counts by one. After a spool that was not written to the last it goes on above by 1,024 for each millisecond
 * since numbers were last reserved, ten years at most, and at each start by 2^30 that it reserves: that is less than
 * 2^49 at once, and less than 2^52 in ten such jumps. So no bridge is ever refused.
 */

/** The largest number that a publisher may begin with. */
export const MAX_FIRST_SEQUENCE = 2 ** 52;
/** How far above its last a publisher's number may be. */
export const MAX_SEQUENCE_JUMP = 2 ** 49;

/**
 * Why the next number of a publisher is not plausible, in a sentence; undefined if it is.
 *
 * @param last the publisher's last number; undefined if the publisher is not known
 * @param next larger than `last`
 */
export function sequenceFault(last: number | undefined, next: number): string | undefined {
  if (last === undefined) {
    return next <= MAX_FIRST_SEQUENCE
      ? undefined
      : `A publisher's first frame is numbered 2^52 at most, not ${next}. Begin with 1.`;
  }
  return next - last <= MAX_SEQUENCE_JUMP
    ? undefined
    : `A publisher's number grows by 2^49 at most: ${next} cannot follow ${last}. Number frames one by one.`;
}
