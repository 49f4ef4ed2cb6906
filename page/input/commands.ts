import type { PointSource } from "../data/point-source.ts";
import { type Viewport, WINDOWS } from "../viewport/viewport.ts";
import type { InputController } from "./input-controller.ts";
import type { Command, Tool } from "./shortcuts.ts";

/** What commands change. */
export interface CommandTargets {
  viewport: Viewport;
  source: PointSource;
  input: InputController;
  /** Another part of the x axis is shown. */
  viewChanged(): void;
  open(tool: Tool): void;
}

/** Runs the commands of keys and buttons. */
export function commands({ viewport, source, input, viewChanged, open }: CommandTargets) {
  return (command: Command, event?: KeyboardEvent): void => {
    const far = event?.shiftKey === true;
    switch (command) {
      case "pause":
        if (viewport.isLive) viewport.pause(source);
        else viewport.goLive();
        return viewChanged();
      case "live":
        return input.goLive();
      case "window": {
        const window = WINDOWS[Number(event?.key) - 1];
        if (window !== undefined) viewport.selectWindow(window);
        return viewChanged();
      }
      case "zoom-in":
      case "zoom-out":
        return input.zoomBySteps(command === "zoom-in" ? 1 : -1);
      case "left":
      case "right":
        return input.stepSideways(command === "left" ? -1 : 1, far);
      case "cursor":
        return input.toggleCursor();
      case "mark":
        return input.toggleMark();
      case "gap":
        return void input.goToGap(far ? 1 : -1);
      case "dismiss":
        return input.dismiss();
      case "full-screen":
        return toggleFullScreen();
      case "table":
      case "share":
      case "menu":
      case "help":
        return open(command);
      default:
        return void input.inPanel(command, far);
    }
  };
}

function toggleFullScreen(): void {
  // A browser may refuse; then the page stays as it is.
  const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  done.catch(() => undefined);
}
