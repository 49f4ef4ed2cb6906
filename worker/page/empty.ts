import { element } from "./header.ts";

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
    element("empty-curl").textContent = curlCommand(channelUrl);
    element("empty-bridge").textContent = bridgeCommand(channelUrl);
  }

  show(empty: boolean): void {
    this.#section.hidden = !empty;
  }
}
