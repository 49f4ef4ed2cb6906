import type { CryptoKey } from "jose";
import type { Refusal } from "../../protocol/problem.ts";
import { quoted, wrong } from "./claims.ts";
import { fetchJson } from "./keys/fetch-json.ts";
import { isUsable, type KeySetTimes, nextStep } from "./keys/next-step.ts";
import { chooseKey, type KeyChoice, type PublicKey, publicKeysIn } from "./keys/public-keys.ts";
import type { PublicKeyAlgorithm } from "./signed-token.ts";

/** The key that verifies a token. */
export type KeyFor = { kind: "key"; key: CryptoKey } | { kind: "refused"; refusal: Refusal };

/** What a key set needs of the world. */
export interface KeySetWorld {
  /** @throws Error whose message ends a sentence */
  fetchJson(url: string): Promise<unknown>;
  nowMs(): number;
  pause(ms: number): Promise<void>;
}

const WORLD: KeySetWorld = {
  fetchJson,
  nowMs: () => Date.now(),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
/** How often to look whether another request's fetch has ended. */
const LOOK_EVERY_MS = 20;
/** Of one Worker: that of JWTs, that of Cloudflare Access, and those before a change of configuration. */
const MAX_SETS = 4;

/** The public keys at a URL, for all requests of an isolate. Only what has come is kept from one request to the next, never a promise. */
export class KeySet {
  readonly #url: string;
  readonly #variable: string;
  readonly #world: KeySetWorld;
  #keys: readonly PublicKey[] = [];
  readonly #times: KeySetTimes = { fetchedAtMs: undefined, attemptedAtMs: undefined, isFetching: false };

  /** @param variable which names the URL */
  constructor(url: string, variable: string, world: KeySetWorld = WORLD) {
    this.#url = url;
    this.#variable = variable;
    this.#world = world;
  }

  /** The key of that algorithm and name; it is fetched if need be. */
  async keyFor(alg: PublicKeyAlgorithm, kid: string | undefined): Promise<KeyFor> {
    for (;;) {
      const nowMs = this.#world.nowMs();
      const canUse = isUsable(this.#times, nowMs);
      const choice = chooseKey(this.#keys, alg, kid);
      const step = nextStep(this.#times, choice.kind !== "none", nowMs);
      switch (step) {
        case "use":
          return this.#answer(choice, alg, kid);
        case "do-without":
          return canUse ? this.#answer(choice, alg, kid) : UNAVAILABLE;
        case "wait":
          await this.#world.pause(LOOK_EVERY_MS);
          break;
        case "fetch":
          await this.#fetch(nowMs);
          break;
        default:
          return step satisfies never;
      }
    }
  }

  async #fetch(nowMs: number): Promise<void> {
    this.#times.attemptedAtMs = nowMs;
    this.#times.isFetching = true;
    try {
      const { keys, faults } = await publicKeysIn(await this.#world.fetchJson(this.#url));
      this.#keys = keys;
      this.#times.fetchedAtMs = this.#world.nowMs();
      for (const fault of faults) console.warn(`${this.#variable}: ${fault}`);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const until = isUsable(this.#times, nowMs)
        ? "Those known count for a day after they were fetched."
        : "None is known.";
      // What is behind the path may be a secret.
      const { origin, pathname } = new URL(this.#url);
      console.warn(`${this.#variable}: the keys at ${origin}${pathname} cannot be fetched: ${why}. ${until}`);
    } finally {
      this.#times.isFetching = false;
    }
  }

  #answer(choice: KeyChoice, alg: PublicKeyAlgorithm, kid: string | undefined): KeyFor {
    switch (choice.kind) {
      case "key":
        return choice;
      case "several":
        return wrong(
          `Several keys for ${alg} fit this token${kid === undefined ? ', which has no "kid"' : ""}. Each key must have a "kid" of its own.`,
        );
      case "none": {
        const which = kid === undefined ? `for ${alg}` : `for ${alg} with the "kid" ${quoted(kid)}`;
        return wrong(`There is no key ${which} at the URL of ${this.#variable}. New ones are looked for every 30 s.`);
      }
      default:
        return choice satisfies never;
    }
  }
}

const UNAVAILABLE = {
  kind: "refused",
  refusal: {
    code: "keys-unavailable",
    detail:
      "The keys that this token is verified with cannot be fetched now; the Worker's log says why. Try again in 5 s.",
  },
} as const satisfies KeyFor;

const sets = new Map<string, KeySet>();

/** The keys at a URL, of this isolate. @param variable which names it */
export function keySetAt(url: string, variable: string): KeySet {
  const known = sets.get(url);
  if (known !== undefined) return known;
  if (sets.size >= MAX_SETS) sets.clear();
  const set = new KeySet(url, variable);
  sets.set(url, set);
  return set;
}
