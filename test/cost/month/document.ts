/** docs/COST.md has its tables between `<!-- table: name -->` and `<!-- end -->`. */
import { readFile } from "node:fs/promises";

export const DOCUMENT = new URL("../../../docs/COST.md", import.meta.url);

export async function readDocument(): Promise<string> {
  return await readFile(DOCUMENT, "utf8");
}

/**
 * The text with these tables in their places.
 * @throws Error if a table has no place, or a place no table
 */
export function withTables(text: string, tables: Readonly<Record<string, string>>): string {
  const missing = new Set(Object.keys(tables));
  const whole = text.replace(/<!-- table: (\w+) -->\n[\s\S]*?<!-- end -->/g, (_, name: string) => {
    const table = tables[name];
    if (table === undefined) throw new Error(`There is no table ${name}.`);
    missing.delete(name);
    return `<!-- table: ${name} -->\n\n${table}\n\n<!-- end -->`;
  });
  if (missing.size > 0) throw new Error(`The document has no place for ${[...missing].join(", ")}.`);
  return whole;
}
