/**
 * Control characters, as SPEC.md has them: Unicode's categories Cc, Cf, Cs, Zl and Zp, but the zero-width joiner and
 * non-joiner, which scripts and emoji need. They act on what stands around them (a terminal takes U+009B for the beginning of
 * a command, U+202E turns the direction of writing around), are not seen, or are half a character.
 */
const CONTROL = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

export function hasControl(text: string): boolean {
  // Names are looked at again and again, and most are ASCII.
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
    if (code > 0x7f) return text.search(CONTROL) >= 0;
  }
  return false;
}

/** The text with something else in place of each control character. */
export function replaceControl(text: string, by: (character: string) => string): string {
  return text.replace(CONTROL, by);
}
