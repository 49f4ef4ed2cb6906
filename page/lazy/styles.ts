import accessStyles from "./styles/access.css";
import dialogStyles from "./styles/dialog.css";
import dragStyles from "./styles/drag.css";
import emptyStyles from "./styles/empty.css";
import eventsStyles from "./styles/events.css";
import gapsStyles from "./styles/gaps.css";
import helpStyles from "./styles/help.css";
import leftOutStyles from "./styles/left-out.css";
import legendFitStyles from "./styles/legend-fit.css";
import offStyles from "./styles/off.css";
import pointingStyles from "./styles/pointing.css";
import refusalStyles from "./styles/refusal.css";
import roomStyles from "./styles/room.css";
import settingsStyles from "./styles/settings.css";
import shareStyles from "./styles/share.css";
import stateStyles from "./styles/state.css";
import swatchStyles from "./styles/swatches.css";
import tableStyles from "./styles/table.css";

let adopted = false;

/** The styles of what is loaded lazily. A constructed sheet needs no 'unsafe-inline' in the policy. */
export function adoptStyles(): void {
  if (adopted) return;
  adopted = true;
  const sheet = new CSSStyleSheet();
  const all = [
    accessStyles,
    emptyStyles,
    dialogStyles,
    dragStyles,
    shareStyles,
    stateStyles,
    helpStyles,
    tableStyles,
    settingsStyles,
    gapsStyles,
    eventsStyles,
    legendFitStyles,
    swatchStyles,
    offStyles,
    pointingStyles,
    refusalStyles,
    leftOutStyles,
    roomStyles,
  ];
  sheet.replaceSync(all.join(""));
  document.adoptedStyleSheets.push(sheet);
}
