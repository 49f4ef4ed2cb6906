/** Whether one more viewer may join. */
export type Vacancy = "room" | "full" | "quota" | "filters";

/** The status that stands for why there is none, between the object that has the viewers and the Worker. */
export const REFUSED_WITH = { full: 503, quota: 429, filters: 409 } as const satisfies Record<
  Exclude<Vacancy, "room">,
  number
>;

/** The same of a relay that cannot get what its viewers need now. */
export const NOT_FED = 504;
