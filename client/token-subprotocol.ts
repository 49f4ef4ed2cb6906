import { toBase64Url } from "../protocol/base64url.ts";
import { TOKEN_SUBPROTOCOL } from "../protocol/limits.ts";

/** The subprotocol that carries a token: no page can set a header of a WebSocket. */
export function tokenSubprotocol(token: string): string {
  return TOKEN_SUBPROTOCOL + toBase64Url(new TextEncoder().encode(token));
}
