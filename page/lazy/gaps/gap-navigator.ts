import type { Range } from "../../data/segment.ts";
import type { InputTargets } from "../../input/input-controller.ts";
import { gapsOf, nextGap } from "./gap-spans.ts";

const NOTICE_MS = 5000;

/** Goes from gap to gap, by key. */
export class GapNavigator {
  readonly #targets: InputTargets;
  /** The x of the gap that was gone to last. */
  #gapX = Number.NaN;
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(targets: InputTargets) {
    this.#targets = targets;
  }

  /** Pauses the picture with the next gap in it, puts the cursor there, and describes the gap. */
  go(direction: -1 | 1): void {
    const { board, viewport, source, gapLayer, cursor } = this.#targets;
    const viewModel = this.#targets.viewModel();
    if (!viewModel?.gaps.length) return this.#notify("There are no gaps.");
    const { x } = viewModel;
    // A mouse that rests somewhere is no place to begin at.
    let from = cursor.state.isPinned ? cursor.state.xIn(x) : this.#gapIn(x);
    from ??= direction < 0 ? x.max : x.min;
    // The cursor is as exact as a number from 0 to 1: gaps may be closer to each other.
    if (Math.abs(from - this.#gapX) < (x.max - x.min) / board.columns) from = this.#gapX;
    const names = board.panels.flatMap(({ plan }) => plan.names);
    const found = nextGap(gapsOf(viewModel.gaps, names), from, direction);
    if (found === undefined) return this.#notify(direction < 0 ? "No earlier gap." : "No later gap.");
    const { gap, middle, span } = found;
    const isInView = middle >= x.min && middle <= x.max;
    const half = (x.max - x.min) / 2;
    const range = isInView ? x : { min: middle - half, max: middle + half };
    if (viewport.range === undefined || !isInView) {
      // However little there is around it.
      viewport.showRange(range, source, range);
      this.#targets.viewChanged();
    }
    this.#gapX = middle;
    cursor.state.moveTo((middle - range.min) / (range.max - range.min), true);
    const panels = board.panels.filter(({ plan }) => gapsOf([gap], plan.names).length > 0);
    const panel = panels.find(({ isOnScreen }) => isOnScreen) ?? panels[0];
    panel?.root.scrollIntoView({ block: "nearest" });
    if (panel !== undefined) gapLayer.describe(board.panels, panel, span);
    this.#targets.cursorMoved();
  }

  /** The gap that was gone to last, while the picture is held with it, and a mouse has taken the cursor away from it. */
  #gapIn({ min, max }: Range): number | undefined {
    const { viewport, cursor } = this.#targets;
    const isHeld = viewport.range !== undefined && cursor.state.position !== undefined;
    return isHeld && this.#gapX >= min && this.#gapX <= max ? this.#gapX : undefined;
  }

  #notify(text: string): void {
    const { notice } = this.#targets;
    notice.show("gap", text);
    clearTimeout(this.#noticeTimer);
    this.#noticeTimer = setTimeout(() => notice.hide("gap"), NOTICE_MS);
  }
}
