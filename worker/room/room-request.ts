import { type Capability, isCapability } from "../../protocol/access/capability.ts";
import { isObject } from "../../protocol/json/json.ts";
import { isBoolean, isString } from "../../protocol/messages/guards.ts";
import { type Grant, parseGrant } from "../auth/grant.ts";
import { parseShare, type ViewerShare } from "../auth/viewer-share.ts";

/** What the Worker says to a channel of whoever joins its room: in the header {@link ROOM_HEADER}, as JSON. */
export interface RoomRequest {
  /** The publisher whose programs it speaks for; "" of a viewer. */
  publisher: string;
  /** As who it acts. */
  sender: string;
  /** A hash of that: as who others know it. */
  person: string;
  may: readonly Capability[];
  /** Whether it is told what viewers are: a publisher of a private channel is not, without the right to watch. */
  sees: boolean;
  grant: Grant | undefined;
  share: ViewerShare;
  /** It asks once, and hears nothing else: to it no command is delivered. */
  isVisit?: boolean | undefined;
}

export function parseRoomRequest(value: unknown): RoomRequest | undefined {
  if (!isObject(value)) return undefined;
  const { publisher, sender, person, may, sees } = value;
  const [grant, share] = [parseGrant(value.grant), parseShare(value.share)];
  if (value.grant !== undefined && grant === undefined) return undefined;
  if (!isString(publisher) || !isString(sender) || !isString(person) || !isBoolean(sees) || share === undefined)
    return undefined;
  if (!Array.isArray(may) || !may.every(isCapability)) return undefined;
  return { publisher, sender, person, may, sees, grant, share, isVisit: value.isVisit === true };
}
