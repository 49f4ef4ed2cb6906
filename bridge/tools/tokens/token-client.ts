import { Client } from "undici";
import { notTaken, type Reply } from "../../../client/publish/deliver/answer.ts";
import { PLOTCAST_HEADER } from "../../../protocol/limits.ts";
import {
  type ListedToken,
  parseTokenAnswer,
  parseTokenList,
  type TokenAnswer,
  type TokenRequest,
} from "../../../protocol/messages/named-tokens.ts";
import { messageIn } from "../../../protocol/messages/parsed.ts";
import { errorAdvice } from "../../observability/error-advice.ts";
import { textOf } from "../../uplink/post.ts";

/** A Worker that is asked for tokens answers within this, or not at all. */
const TIMEOUT_MS = 10_000;
/** More than a list of 1,000 tokens takes. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Why the Worker did not do what was asked, in a sentence that does not have a token. */
export class TokenError extends Error {
  override readonly name = "TokenError";
}

/** Asks a Worker to make, list and revoke named tokens. Each throws a {@link TokenError}. */
export class TokenClient {
  readonly #to: URL;
  readonly #token: string;

  /** @param to the Worker's origin @param token one that has `admin` there */
  constructor(to: URL, token: string) {
    this.#to = to;
    this.#token = token;
  }

  async add(request: TokenRequest): Promise<TokenAnswer> {
    const reply = await this.#ask("POST", "/tokens", JSON.stringify(request satisfies TokenRequest));
    return (reply.status === 201 ? messageIn(parseTokenAnswer(reply.text)) : undefined) ?? this.#fail(reply);
  }

  async list(): Promise<ListedToken[]> {
    const reply = await this.#ask("GET", "/tokens");
    return (reply.status === 200 ? messageIn(parseTokenList(reply.text)) : undefined)?.tokens ?? this.#fail(reply);
  }

  async revoke(name: string): Promise<void> {
    const reply = await this.#ask("DELETE", `/tokens/${name}`);
    // What has no body is known by its header: any server may answer 204.
    if (reply.status !== 204 || reply.headers[PLOTCAST_HEADER.name] !== PLOTCAST_HEADER.value) this.#fail(reply);
  }

  async #ask(method: "GET" | "POST" | "DELETE", path: string, body?: string): Promise<Reply> {
    const client = new Client(this.#to.origin, {
      allowH2: false,
      connectTimeout: TIMEOUT_MS,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    try {
      const answer = await client.request({
        path,
        method,
        headers: {
          accept: "application/json",
          authorization: `Bearer ${this.#token}`,
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body }),
      });
      const text = await textOf(answer.body, MAX_ANSWER_BYTES);
      return { status: answer.statusCode, headers: answer.headers, text };
    } catch (error) {
      throw new TokenError(`${this.#to.origin} cannot be asked: ${errorAdvice(error, "request")}.`);
    } finally {
      await client.destroy();
    }
  }

  #fail(reply: Reply): never {
    const other = notTaken(reply, this.#token);
    switch (other.kind) {
      case "refused":
        throw new TokenError(`${this.#to.origin} refused: ${other.detail}`);
      case "foreign":
        throw new TokenError(
          `${this.#to.origin} is no Plotcast that has named tokens: it answered ${other.what}. Check --to.`,
        );
    }
  }
}
