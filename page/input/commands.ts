import type { PointSource } from "../data/point-source.ts";
import { type View, WINDOWS } from "../viewport/viewport.ts";
import type { Hands } from "./input-controller.ts";
import type { Command, Tool } from "./shortcuts.ts";

/** What commands act on. */
export interface Commanded {
  view: View;
  source: PointSource;
  hands: Hands;
  /** Another part of the x axis is looked at. */
  moved(): void;
  open(tool: Tool): void;
}

/** What a key or a button asks for is done. */
export function commands({ view, source, hands, moved, open }: Commanded) {
  return (command: Command, event?: KeyboardEvent): void => {
    const far = event?.shiftKey === true;
    switch (command) {
      case "pause":
        if (view.isLive) view.hold(source);
        else view.goLive();
        return moved();
      case "live":
        return hands.live();
      case "window": {
        const window = WINDOWS[Number(event?.key) - 1];
        if (window !== undefined) view.choose(window);
        return moved();
      }
      case "zoom-in":
      case "zoom-out":
        return hands.zoomBySteps(command === "zoom-in" ? 1 : -1);
      case "left":
      case "right":
        return hands.goSideways(command === "left" ? -1 : 1, far);
      case "cursor":
        return hands.toggleCursor();
      case "mark":
        return hands.toggleMark();
      case "gap":
        return void hands.goToGap(far ? 1 : -1);
      case "dismiss":
        return hands.dismiss();
      case "full-screen":
        return toggleFullScreen();
      case "table":
      case "share":
      case "menu":
      case "help":
        return open(command);
    }
  };
}

function toggleFullScreen(): void {
  // A browser may refuse; then the page stays as it is.
  const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  done.catch(() => undefined);
}
