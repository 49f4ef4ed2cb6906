import { MAX_SHARE_FOR_LENGTH } from "../../../protocol/messages/named-tokens.ts";

/** What a text gives of a token's name: other characters are `-` there. */
export function namePart(text: string): string {
  return wholeName(text).slice(0, MAX_SHARE_FOR_LENGTH).replace(/-+$/, "");
}

/** What is said, before there is a token, of the name that a text gives it. */
export function nameHint(text: string): string {
  if (text.trim() === "") return "";
  const name = namePart(text);
  if (name === "") return "A name has only A–Z, a–z, 0–9, “.”, “_” and “-”: it will have nothing of this.";
  const isCut = wholeName(text).length > MAX_SHARE_FOR_LENGTH;
  return `Its name will begin with share-${name}${isCut ? `: it takes ${MAX_SHARE_FOR_LENGTH} characters of this` : ""}.`;
}

function wholeName(text: string): string {
  // "Jürgen" is Jurgen, and not Ju-rgen.
  const plain = text.normalize("NFKD").replace(/\p{M}+/gu, "");
  return plain
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^-+/, "")
    .replace(/-+$/, "");
}
