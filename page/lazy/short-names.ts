/** Ways to shorten a name, the likeliest first. */
const WAYS: readonly ((letters: readonly string[], most: number) => string)[] = [
  (letters, most) => `${letters.slice(0, most - 1).join("")}…`,
  (letters, most) => `…${letters.slice(1 - most).join("")}`,
  (letters, most) => {
    const end = Math.floor((most - 1) / 2);
    return `${letters.slice(0, most - 1 - end).join("")}…${letters.slice(-end).join("")}`;
  },
];

/** Names with at most so many letters, cut where they still differ: two that begin alike must not read alike. */
export function shortNames(names: readonly string[], most: number): string[] {
  const different = new Set(names).size;
  let shortened: string[] = [];
  for (const cut of WAYS) {
    shortened = names.map((name) => {
      const letters = [...name];
      return letters.length > most ? cut(letters, most) : name;
    });
    if (new Set(shortened).size === different) break;
  }
  return shortened;
}
