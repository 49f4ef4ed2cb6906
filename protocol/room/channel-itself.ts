/** What a channel writes into its log itself. */

/** By which the channel is known as a publisher. Nobody else may publish by it. */
export const CHANNEL_ITSELF = "ffffffffffffffff";
/** The series of what was set and called, and of notes. */
export const CONTROLS_SERIES = "plotcast.controls";
export const NOTES_SERIES = "plotcast.notes";
