/** What a principal may do in a channel. SPEC.md, "Who may do what", says what each is. */
export const CAPABILITIES = ["watch", "history", "publish", "control", "note", "presence", "admin"] as const;

export type Capability = (typeof CAPABILITIES)[number];

/** Whether received text is one of them. */
export function isCapability(value: unknown): value is Capability {
  return CAPABILITIES.some((known) => known === value);
}
