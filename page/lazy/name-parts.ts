/** Behind these a part of a name ends. */
const PARTS = /(?<=[./:_\s-])/u;

/** Of each name, what all begin with, what is its own (at least one part), and what all end with. */
export function splitNames(names: readonly string[]): [start: string, own: string, end: string][] {
  const all = names.map((name) => name.split(PARTS));
  const [first = []] = all;
  const most = names.length > 1 ? Math.min(...all.map(({ length }) => length)) - 1 : 0;
  const isCommon = (at: number): boolean => all.every((parts) => parts.at(at) === first.at(at));
  let before = 0;
  while (before < most && isCommon(before)) before++;
  let after = 0;
  while (before + after < most && isCommon(-1 - after)) after++;
  return all.map((parts) => {
    const own = parts.slice(before, parts.length - after).join("");
    // What stands between is no part of it.
    const bare = after > 0 ? own.slice(0, -1) : own;
    const rest = own.slice(bare.length) + parts.slice(parts.length - after).join("");
    return [parts.slice(0, before).join(""), bare, rest];
  });
}
