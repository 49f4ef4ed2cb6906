import { button, element } from "./dom.ts";

const COPIED_MS = 2000;

/** A command line that publishes one point to a channel. */
export function curlCommand(channelUrl: string): string {
  return `curl -H "Authorization: Bearer $PUBLISH_TOKEN" -d '{"y":1}' ${channelUrl}`;
}

/** A command line, for the project's folder, that publishes what arrives by ZeroMQ. */
export function bridgeCommand(channelUrl: string): string {
  return `npm run bridge -- --to ${channelUrl}`;
}

/** Says what to do for a channel that has no points yet. */
export class EmptyState {
  readonly #section = element("empty");

  constructor(channelUrl: string) {
    offer(element("empty-curl"), curlCommand(channelUrl));
    offer(element("empty-bridge"), bridgeCommand(channelUrl));
  }

  show(empty: boolean): void {
    this.#section.hidden = !empty;
  }
}

/** Shows a command, with a button that copies it; where a page may not copy, a press on it selects it. */
function offer(code: HTMLElement, command: string): void {
  code.textContent = command;
  if (navigator.clipboard === undefined) return;
  const copy = button("Copy", async () => {
    const isCopied = await navigator.clipboard.writeText(command).then(
      () => true,
      () => false,
    );
    copy.textContent = isCopied ? "Copied" : "Select it";
    setTimeout(() => {
      copy.textContent = "Copy";
    }, COPIED_MS);
  });
  copy.ariaLive = "polite";
  copy.setAttribute("aria-describedby", code.id);
  code.closest(".command")?.append(copy);
}
