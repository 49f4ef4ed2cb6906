import { tokenFrom } from "../options.ts";
import type { Environment } from "./security.ts";
import { FileFault, readSmallText } from "./small-file.ts";

export type PublishToken = { kind: "token"; token: string } | { kind: "fault"; sentence: string };

/** No token is longer. */
const MAX_FILE_BYTES = 4 * 1024;

const SET_TOKEN =
  "PUBLISH_TOKEN is not set. Set it in the environment to the token that the Worker has, for example: " +
  "PUBLISH_TOKEN=… plotcast … (never as a flag, which others could read), or name a file with it in PUBLISH_TOKEN_FILE.";
const UNUSABLE = "characters that cannot stand in a header";

/**
 * The token for publishing: PUBLISH_TOKEN, or what is in the file that PUBLISH_TOKEN_FILE names, such as a credential of
 * systemd.
 * @returns the token, or what is wrong in a sentence that does not have it
 */
export function publishToken(env: Environment): PublishToken {
  const file = env.PUBLISH_TOKEN_FILE?.trim() || undefined;
  const fault = (sentence: string): PublishToken => ({ kind: "fault", sentence });
  if (env.PUBLISH_TOKEN?.trim()) {
    if (file !== undefined) return fault("PUBLISH_TOKEN and PUBLISH_TOKEN_FILE are both set: leave one out.");
    const token = tokenFrom(env);
    return token === undefined ? fault(`PUBLISH_TOKEN has ${UNUSABLE}.`) : { kind: "token", token };
  }
  if (file === undefined) return fault(SET_TOKEN);
  try {
    const text = readSmallText(file, MAX_FILE_BYTES);
    if (text.trim() === "") return fault(`${file}, which PUBLISH_TOKEN_FILE names, is empty.`);
    const token = tokenFrom({ PUBLISH_TOKEN: text });
    if (token !== undefined) return { kind: "token", token };
    return fault(`${file}, which PUBLISH_TOKEN_FILE names, is not one token: it has ${UNUSABLE}.`);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    const which = error.isMissing ? "The file that" : `${file}, which`;
    return fault(`${which} PUBLISH_TOKEN_FILE names${error.isMissing ? "" : ","} cannot be read: ${error.message}.`);
  }
}
