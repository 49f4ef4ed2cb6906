/** How a tool ended; the command line has an exit code for each. */
export type ToolEnd =
  | "ok"
  /** Something failed, which was said. */
  | "failed"
  /** The configuration names what there is not. */
  | "usage"
  /** An address cannot be used. */
  | "address";
