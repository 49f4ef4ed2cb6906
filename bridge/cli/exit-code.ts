/** SPEC.md, BR10. */
export const ExitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  undelivered: 3,
  address: 4,
} as const;
