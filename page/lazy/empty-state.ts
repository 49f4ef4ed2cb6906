import { button, make } from "../ui/dom.ts";
import { adoptStyles } from "./styles.ts";

const COPIED_MS = 2000;

/** A command line that publishes one point to a channel. */
export function curlCommand(channelUrl: string): string {
  return `curl -H "Authorization: Bearer $PUBLISH_TOKEN" -d '{"y":1}' ${channelUrl}`;
}

/** A command line, for the project's folder, that publishes what arrives by ZeroMQ. */
export function bridgeCommand(channelUrl: string): string {
  return `npm run bridge -- --to ${channelUrl}`;
}

let section: HTMLElement | undefined;

/** Says what to do for a channel that has no points yet. */
export function showEmpty(isEmpty: boolean, host: HTMLElement, channelUrl: string): void {
  if (isEmpty && section === undefined) {
    adoptStyles();
    const code = (text: string): HTMLElement => make("code", "", text);
    section = make(
      "section",
      "",
      make("h2", "", "Send the first data"),
      make(
        "p",
        "",
        ...["If you started Plotcast with ", code("npm start"), " or ", code("npm run dev")],
        ", connect a ZeroMQ PUB socket to the address that it printed. Or publish one point:",
      ),
      command("empty-curl", curlCommand(channelUrl)),
      make("p", "", "On another machine, run a bridge. It forwards what publishers send:"),
      command("empty-bridge", bridgeCommand(channelUrl)),
      make(
        "p",
        "quiet",
        ...["The token is the one that ", code("npm run dev"), " printed, or the Worker's secret "],
        ...[code("PUBLISH_TOKEN"), "."],
      ),
    );
    section.id = "empty";
    host.append(section);
  }
  if (section !== undefined) section.hidden = !isEmpty;
}

/** A command with a button that copies it; where a page may not copy, a press on the command selects it. */
function command(id: string, text: string): HTMLElement {
  const code = make("code", "", text);
  code.id = id;
  const line = make("div", "command", make("pre", "", code));
  if (navigator.clipboard === undefined) return line;
  const copy = button("Copy", async () => {
    const isCopied = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    copy.textContent = isCopied ? "Copied" : "Select it";
    setTimeout(() => {
      copy.textContent = "Copy";
    }, COPIED_MS);
  });
  copy.ariaLive = "polite";
  copy.setAttribute("aria-describedby", id);
  line.append(copy);
  return line;
}
