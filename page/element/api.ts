/** What the elements are to a program: the types of `plotcast-client/element`. docs/EMBED.md shows them in use. */

/** How it stands, in a word that does not change; the element itself says it in a sentence. */
export type ElementState =
  | "connecting"
  | "live"
  /** Nothing was published yet. */
  | "empty"
  /** It is connected, and nothing has come since. */
  | "waiting"
  | "stale"
  /** It comes back by itself. */
  | "reconnecting"
  | "offline"
  /** The channel refuses. The element says why, and what to do. */
  | "refused"
  /** `src` names no channel. */
  | "invalid";

/** A token, or what gives one: it is asked before each connection. */
export type ElementToken = string | (() => string | Promise<string>);

/** What both elements have. Each text is also the attribute of its name. */
export interface ChannelElement extends HTMLElement {
  /** The channel's URL: `https://board.example/c/lab`. */
  src: string;
  /** Names of series with commas between; `*` stands for any characters. A list may be set, too. */
  series: string | readonly string[];
  /** For a private channel. Never an attribute. */
  token: ElementToken | undefined;
  readonly state: ElementState;
}

/** `<plot-cast>`: a channel's series, live. It sends an event `statechange` when `state` has changed. */
export interface PlotCastElement extends ChannelElement {
  /** How much of x is shown: seconds (`60`), or `5m`, `100 pts`, `all`. */
  window: string;
  /** The y axis of each panel: `0..10`, `log`, `at=5`, with semicolons between. */
  y: string;
  /** `light` or `dark`; any other follows the system. */
  theme: string;
}

/** `<plot-cast-value>`: the newest value of one series. It sends an event `statechange` when `state` has changed. */
export interface PlotCastValueElement extends ChannelElement {
  /** In place of the unit that the series' name ends in. */
  unit: string;
  /** Digits after the point, from 0 to 15. */
  digits: string;
}

declare global {
  interface HTMLElementTagNameMap {
    "plot-cast": PlotCastElement;
    "plot-cast-value": PlotCastValueElement;
  }
}
