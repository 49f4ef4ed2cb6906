/** What {@link walkXml} tells of. Names are without their prefix; the path ends with the element itself. */
export interface XmlVisitor {
  /** An element without elements in it, at its end. */
  leaf(path: readonly string[], text: string): void;
  /** An element with elements in it, at its end. */
  close(path: readonly string[]): void;
}

const MAX_DEPTH = 64;
const TAG_NAME = /^[^\s/<>"'=&]{1,128}/;
const QUOTE_OR_END = /["'>]/g;
const REFERENCE = /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" } as const;

/**
 * Walks the elements of XML as the Dutch feeds write it, and keeps nothing: there are no attributes and no namespaces,
 * for nothing in these feeds needs them. A document type is refused, so that there are no entities beside XML's five,
 * and nothing can grow or refer to a file.
 * @returns whether it is well-formed as far as that was looked at; what was told before may then not count
 */
export function walkXml(xml: string, visitor: XmlVisitor): boolean {
  const names: string[] = [];
  const path: string[] = [];
  let text = "";
  let hasElements = false;
  let hasRoot = false;

  function enter(name: string): boolean {
    if ((hasRoot && names.length === 0) || names.length >= MAX_DEPTH) return false;
    hasRoot = true;
    names.push(name);
    path.push(name.slice(name.indexOf(":") + 1));
    text = "";
    hasElements = false;
    return true;
  }
  function leave(name: string): boolean {
    if (names.pop() !== name) return false;
    if (hasElements) visitor.close(path);
    else visitor.leaf(path, text.trim());
    path.pop();
    hasElements = true;
    return true;
  }

  // A byte order mark before the root is white space to trim().
  let at = 0;
  for (;;) {
    const open = xml.indexOf("<", at);
    const between = xml.slice(at, open < 0 ? undefined : open);
    if (names.length === 0 && between.trim() !== "") return false;
    if (open < 0) return hasRoot && names.length === 0;
    text += withoutReferences(between);
    if (xml.startsWith("<![CDATA[", open)) {
      const end = xml.indexOf("]]>", open);
      if (end < 0 || names.length === 0) return false;
      text += xml.slice(open + 9, end);
      at = end + 3;
      continue;
    }
    const markup = xml.startsWith("<!--", open) ? "-->" : xml.startsWith("<?", open) ? "?>" : undefined;
    if (markup !== undefined) {
      const end = xml.indexOf(markup, open + (markup === "-->" ? 4 : 2));
      if (end < 0) return false;
      at = end + markup.length;
      continue;
    }
    const end = endOfTag(xml, open);
    if (end < 0) return false;
    const isEnd = xml[open + 1] === "/";
    const [name] = TAG_NAME.exec(xml.slice(open + (isEnd ? 2 : 1), end)) ?? [];
    // `<!DOCTYPE` too: no element's name begins with an exclamation mark.
    if (name === undefined || name.startsWith("!")) return false;
    if (isEnd ? !leave(name) : !enter(name)) return false;
    if (!isEnd && xml[end - 1] === "/" && !leave(name)) return false;
    at = end + 1;
  }
}

/** Where the tag that begins at `open` ends: an attribute's value may have `>` in it. -1 if it does not end. */
function endOfTag(xml: string, open: number): number {
  QUOTE_OR_END.lastIndex = open;
  for (;;) {
    const found = QUOTE_OR_END.exec(xml);
    if (found === null) return -1;
    if (found[0] === ">") return found.index;
    const closing = xml.indexOf(found[0], found.index + 1);
    if (closing < 0) return -1;
    QUOTE_OR_END.lastIndex = closing + 1;
  }
}

function withoutReferences(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(REFERENCE, (whole, decimal?: string, hex?: string, name?: keyof typeof ENTITIES) => {
    if (name !== undefined) return ENTITIES[name];
    const code = Number.parseInt(decimal ?? hex ?? "", decimal === undefined ? 16 : 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
