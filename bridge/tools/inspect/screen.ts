import { printable } from "../../observability/printable.ts";
import type { Line } from "./report-text.ts";
import { cut } from "./text-table.ts";

export interface Screen {
  write(text: string): unknown;
  columns?: number | undefined;
  rows?: number | undefined;
}

// ECMA-48, and the alternate screen and the cursor as xterm has them (invisible-island.net/xterm/ctlseqs).
const BEGIN = "\u001b[?1049h\u001b[?25l\u001b[?7l";
const END = "\u001b[?7h\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";
const STYLES: Record<Line["kind"], readonly [string, string]> = {
  text: ["", ""],
  title: ["\u001b[1m", "\u001b[m"],
  advice: ["\u001b[33m", "\u001b[m"],
};

/** Lines that are written anew in place, on a screen of their own: what was there before comes back at the end. */
export class LiveScreen {
  readonly #screen: Screen;
  readonly #isStyled: boolean;
  readonly #hint: string;

  /** @param hint how to see the lines for which there is no room */
  constructor(screen: Screen, isStyled: boolean, hint = "--once prints all") {
    this.#screen = screen;
    this.#isStyled = isStyled;
    this.#hint = hint;
    screen.write(BEGIN);
  }

  get columns(): number {
    return this.#screen.columns ?? 80;
  }

  /** As many lines as there is room for. */
  draw(lines: readonly Line[]): void {
    const rows = Math.max(1, (this.#screen.rows ?? 24) - 1);
    const left = lines.length - rows;
    const shown: readonly Line[] =
      left > 0
        ? [...lines.slice(0, rows - 1), { kind: "text", text: `… ${left + 1} more lines (${this.#hint})` }]
        : lines;
    const text = shown.map((line) => this.#styled(line)).join(`${CLEAR_LINE}\r\n`);
    this.#screen.write(`${HOME}${text}${CLEAR_LINE}${CLEAR_BELOW}`);
  }

  end(): void {
    this.#screen.write(END);
  }

  #styled({ kind, text }: Line): string {
    const [before, after] = this.#isStyled ? STYLES[kind] : ["", ""];
    return `${before}${cut(printable(text), this.columns)}${after}`;
  }
}
