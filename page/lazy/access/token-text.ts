/** What was typed or pasted where a token is asked for: the token in it, or a sentence that says what is wrong. */
export type TypedToken = { kind: "token"; token: string } | { kind: "fault"; text: string };

/** The Worker looks at none that is longer (AC1d). */
const MAX_TOKEN_LENGTH = 4_096;
/** With or without its scheme; no token has a dot or a colon before a slash. */
const LINK = /^(?:https?:\/\/|[^\s/#]*[.:][^\s/#]*\/c\/)/i;
const IN_FRAGMENT = /[#&]token=([^&\s]*)/;
/** What mail programs and people put around a link. */
const AROUND = /^[<"'(]+|[>"')]+$/g;

/**
 * Reads a token, as it is or as a header has it, or a whole link with one in its fragment.
 * @param channelUrl of this page: a token in a link to another place is not for here, and is sent nowhere
 */
export function readTypedToken(text: string, channelUrl: URL): TypedToken {
  const pasted = text.trim();
  if (pasted === "") return fault("Enter a token, or paste the link that you were given.");
  if (/^#?token=/.test(pasted)) return readFragmentToken(pasted.replace(/^#?token=([^&\s]*).*$/s, "$1"));
  const typed = IN_FRAGMENT.test(pasted) ? pasted.replace(AROUND, "") : pasted;
  const encoded = IN_FRAGMENT.exec(typed)?.[1];
  // Whatever has a fragment with a token is a link, however it is written: its token may be for another place.
  if (encoded !== undefined || LINK.test(typed)) {
    const link = parsed(/^https?:/i.test(typed) ? typed : `${channelUrl.protocol}//${typed}`);
    if (link === undefined) return fault("This link cannot be read. Copy it once more, and nothing around it.");
    if (link.origin !== channelUrl.origin || link.pathname !== channelUrl.pathname)
      return fault(`This is a link to another channel: ${link.host}${link.pathname}. Open it as any other link.`);
    if (encoded === undefined) return fault("There is no token in this link. Ask for one that has #token=… in it.");
  }
  return tokenOf(encoded === undefined ? typed.replace(/^(?:Authorization: *)?Bearer +/i, "") : decoded(encoded));
}

/** The token that a fragment brought, as it stood there. */
export function readFragmentToken(encoded: string): TypedToken {
  return tokenOf(decoded(encoded));
}

/** A link to a view, with a token in its fragment, which browsers send to nobody. */
export function linkWithToken(link: string, token: string): string {
  const url = new URL(link);
  const rest = url.hash.slice(1);
  url.hash = `token=${encodeURIComponent(token)}${rest === "" ? "" : `&${rest}`}`;
  return url.href;
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function decoded(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/** No header can have another character. */
function tokenOf(token: string): TypedToken {
  if (!/^[\x21-\x7e]+$/.test(token))
    return fault("This is no token: it has blanks or other characters that no token has. Copy it once more.");
  if (token.length > MAX_TOKEN_LENGTH)
    return fault(`This is too long for a token, which has ${MAX_TOKEN_LENGTH} characters at most.`);
  return { kind: "token", token };
}

function fault(text: string): TypedToken {
  return { kind: "fault", text };
}
