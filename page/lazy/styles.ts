import dialogStyles from "./styles/dialog.css";
import dragStyles from "./styles/drag.css";
import emptyStyles from "./styles/empty.css";
import eventsStyles from "./styles/events.css";
import gapsStyles from "./styles/gaps.css";
import helpStyles from "./styles/help.css";
import leftOutStyles from "./styles/left-out.css";
import offStyles from "./styles/off.css";
import pointingStyles from "./styles/pointing.css";
import settingsStyles from "./styles/settings.css";
import shareStyles from "./styles/share.css";
import tableStyles from "./styles/table.css";

let adopted = false;

/** The styles of what is loaded lazily. A constructed sheet needs no 'unsafe-inline' in the policy. */
export function adoptStyles(): void {
  if (adopted) return;
  adopted = true;
  const sheet = new CSSStyleSheet();
  const all = [
    emptyStyles,
    dialogStyles,
    dragStyles,
    shareStyles,
    helpStyles,
    tableStyles,
    settingsStyles,
    gapsStyles,
    eventsStyles,
    offStyles,
    pointingStyles,
    leftOutStyles,
  ];
  sheet.replaceSync(all.join(""));
  document.adoptedStyleSheets.push(sheet);
}
