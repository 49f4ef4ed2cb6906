import { SeriesFilter } from "../../protocol/series-filter.ts";
import { spanOf } from "../viewport/windows.ts";
import type { PlotCastElement } from "./api.ts";
import { readSeries, readSpan, readThemeName, readY } from "./attributes.ts";
import { ChannelElement, reflect } from "./channel-element.ts";
import { TAIL_SECONDS } from "./feed.ts";
import { PlotView } from "./plot-view.ts";
import { plotStyles } from "./styles.ts";

const ATTRIBUTES = ["src", "series", "window", "y", "theme"];
/** All that is stored: a channel bounds it by bytes. */
const EVERYTHING_SECONDS = 10 * 366 * 86_400;

/** `<plot-cast>` */
export class PlotCast extends ChannelElement implements PlotCastElement {
  static readonly observedAttributes = ATTRIBUTES;
  declare window: string;
  declare y: string;
  declare theme: string;
  #view: PlotView | undefined;

  protected override get reach(): number {
    const { value } = readSpan(this.getAttribute("window"));
    if (value === "All") return EVERYTHING_SECONDS;
    return Math.max(TAIL_SECONDS, Math.ceil(spanOf(value ?? "") || 0));
  }

  protected override get notes(): string[] {
    const attributes = [
      readSpan(this.getAttribute("window")),
      readY(this.getAttribute("y")),
      readThemeName(this.getAttribute("theme")),
    ];
    return [...attributes.flatMap(({ fault = [] }) => fault), ...(this.#view?.notes ?? [])];
  }

  protected override settle(): void {
    if (this.#view === undefined) {
      const { shadowRoot } = this;
      if (shadowRoot === null) return;
      shadowRoot.adoptedStyleSheets = [plotStyles()];
      shadowRoot.replaceChildren(this.line);
      this.#view = new PlotView(shadowRoot, () => this.isSeen);
    }
    const source = this.getAttribute("src") ?? "";
    this.internals.ariaLabel = `Channel ${source.replace(/^.*\/c\//, "")}`;
    this.#view.choose({
      feed: this.feed,
      window: readSpan(this.getAttribute("window")).value,
      filter: new SeriesFilter(readSeries(this.getAttribute("series"))),
      y: readY(this.getAttribute("y")).value,
    });
  }

  protected override close(): void {
    this.#view?.close();
    this.#view = undefined;
  }

  override pointsCame(): void {
    this.#view?.pointsCame();
  }
}

reflect(PlotCast, ATTRIBUTES);
