import { Parser } from "saxen";

/** What {@link walkXml} tells of. Names are without their prefix; the path ends with the element itself. */
export interface XmlVisitor {
  /** An element without elements in it, at its end. */
  leaf(path: readonly string[], text: string): void;
  /** An element with elements in it, at its end. */
  close(path: readonly string[]): void;
}

const MAX_DEPTH = 64;
const REFERENCE = /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" } as const;

/**
 * Walks the elements of XML as the Dutch feeds write it, and keeps nothing. Attributes and namespaces are not
 * read: nothing in these feeds needs them. A document type is refused, so that there are no entities beside XML's five, and nothing can
 * grow or refer to a file.
 * @returns whether it is well-formed as far as that was looked at; what was told before may then not count
 */
export function walkXml(xml: string, visitor: XmlVisitor): boolean {
  const path: string[] = [];
  let text = "";
  let hasElements = false;
  let hasRoot = false;
  let isRefused = false;
  const parser = new Parser();
  const refuse = (): void => {
    isRefused = true;
    parser.stop();
  };
  // `warn`: text beside the root. `attention`: `<!DOCTYPE …>`, or any such that is no comment.
  parser.on("error", refuse).on("warn", refuse).on("attention", refuse);
  parser.on("openTag", (name) => {
    if ((hasRoot && path.length === 0) || path.length >= MAX_DEPTH) {
      refuse();
      return;
    }
    hasRoot = true;
    path.push(name.slice(name.indexOf(":") + 1));
    text = "";
    hasElements = false;
  });
  parser.on("text", (piece) => {
    text += withoutReferences(piece);
  });
  parser.on("cdata", (piece) => {
    if (path.length === 0) refuse();
    text += piece;
  });
  parser.on("closeTag", () => {
    if (hasElements) visitor.close(path);
    else visitor.leaf(path, text.trim());
    path.pop();
    hasElements = true;
  });
  parser.parse(xml);
  return hasRoot && !isRefused;
}

/** The parser's own function for this cuts characters beyond U+FFFF to 16 bits. */
function withoutReferences(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(REFERENCE, (whole, decimal?: string, hex?: string, name?: keyof typeof ENTITIES) => {
    if (name !== undefined) return ENTITIES[name];
    const code = Number.parseInt(decimal ?? hex ?? "", decimal === undefined ? 16 : 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
