import type { Problem } from "../subscribe/transport.ts";

/** Why something said in a room came to nothing, or nobody knows whether it did. */
export class RoomError extends Error {
  /** `expired`, a reason of a command (SPEC.md, BW2), a refusal of the room's, or one of CL10. */
  readonly code: string;
  /** A sentence that says why, and perhaps what to do. */
  readonly detail: string;

  constructor({ code, detail }: Problem) {
    super(detail);
    this.name = "RoomError";
    this.code = code;
    this.detail = detail;
  }
}
