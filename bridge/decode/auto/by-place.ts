/** Whether values are told apart by their places in messages of one length: a record's are, a signal's are not. */

/** How many standard deviations apart the places are that differ. */
const DEVIATIONS = 4;
/** What calculating leaves of nothing. */
const NOTHING = 1e-9;

/**
 * Whether the values of messages of one length, or the steps between them, differ more from place to place than from
 * message to message. A signal does not know where a message begins; a record has fields.
 * @param messages the values of each, as many in all
 * @param channels values that go on are so far apart
 */
export function differByPlace(messages: readonly (readonly number[])[], channels: number): boolean {
  const places = messages[0]?.length ?? 0;
  if (messages.length < 2 || places < 2 * channels) return false;
  const flat = messages.flat();
  const steps = flat.map((value, i) =>
    i < channels ? Number.NaN : Math.log2(1 + Math.abs(value - (flat[i - channels] ?? 0))),
  );
  return [flat, steps].some((all) => {
    const parts = Array.from({ length: channels }, (_, channel) => variances(all, places, channel, channels));
    const sum = (of: (part: Variances) => number): number => parts.reduce((total, part) => total + of(part), 0);
    const between =
      sum(({ between }) => between) /
      Math.max(
        1,
        sum(({ freeBetween }) => freeBetween),
      );
    const within =
      sum(({ within }) => within) /
      Math.max(
        1,
        sum(({ freeWithin }) => freeWithin),
      );
    const doubt = Math.sqrt(
      2 / sum(({ freeBetween }) => freeBetween) +
        2 /
          Math.max(
            1,
            sum(({ freeWithin }) => freeWithin),
          ),
    );
    return between > NOTHING + within * (1 + DEVIATIONS * doubt);
  });
}

/** Sums of squares, and how many of them are free. */
interface Variances {
  between: number;
  freeBetween: number;
  within: number;
  freeWithin: number;
}

/** Analysis of variance with the places of one channel as groups. */
function variances(all: readonly number[], places: number, channel: number, channels: number): Variances {
  const groups: number[][] = [];
  for (let place = channel; place < places; place += channels) {
    const group: number[] = [];
    for (let i = place; i < all.length; i += places) {
      const value = all[i] ?? Number.NaN;
      if (Number.isFinite(value)) group.push(value);
    }
    if (group.length > 0) groups.push(group);
  }
  const count = groups.reduce((sum, group) => sum + group.length, 0);
  const middle = mean(groups.flat());
  let [between, within] = [0, 0];
  for (const group of groups) {
    const ofGroup = mean(group);
    between += group.length * (ofGroup - middle) ** 2;
    for (const value of group) within += (value - ofGroup) ** 2;
  }
  return { between, freeBetween: groups.length - 1, within, freeWithin: count - groups.length };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
