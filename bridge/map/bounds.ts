/** What the mapping of one source remembers at most. */

/** Series of one channel. A page that draws more draws nothing that anybody could read. */
export const MAX_SERIES = 4096;
/** Each is a spool and a POST in flight. */
export const MAX_CHANNELS = 64;
/** Paths of all topics; beyond, all are forgotten and made anew, which costs time and nothing else. */
export const MAX_PATHS = 65_536;
/** Longer ones are found out anew each time: no series is named by one, unless a field is renamed. */
export const MAX_PATH_LENGTH = 256;
/** Texts of all series; beyond, states are `other`. */
export const MAX_TEXTS = 65_536;
export const MAX_TEXT_BYTES = 256;
