import type { PointSource } from "../data/point-source.ts";
import type { Viewport } from "../viewport/viewport.ts";
import { WINDOWS } from "../viewport/windows.ts";
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
        if (window !== undefined) viewport.chooseWindow(window);
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
      case "table":
      case "full-screen":
      case "lengths":
      case "filter":
      case "share":
      case "menu":
      case "help":
        return open(command);
      default:
        return void input.inPanel(command, far);
    }
  };
}
