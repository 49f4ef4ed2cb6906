import { element } from "./dom.ts";

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
  #shown: ((section: HTMLElement) => void) | undefined;

  /** @param shown is called when it is shown for the first time */
  constructor(channelUrl: string, shown: (section: HTMLElement) => void) {
    element("empty-curl").textContent = curlCommand(channelUrl);
    element("empty-bridge").textContent = bridgeCommand(channelUrl);
    this.#shown = shown;
  }

  show(empty: boolean): void {
    this.#section.hidden = !empty;
    if (!empty) return;
    this.#shown?.(this.#section);
    this.#shown = undefined;
  }
}
