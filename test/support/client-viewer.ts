import { ChannelViewer } from "../../client/viewer.ts";
import { WsEnvironment } from "./ws-environment.ts";

/** A viewer that counts: comes back by itself and goes on where it was, as a page does. */
export class ClientViewer {
  /** Points received, those from the store included. */
  points = 0;
  /** Points that were said to be missing; NaN once a number was not known. */
  missing = 0;
  readonly #viewer: ChannelViewer;

  constructor(url: URL) {
    this.#viewer = new ChannelViewer(
      url,
      {
        frame: ({ header }) => {
          this.points += header.points;
        },
        missing: ({ points }) => {
          this.missing += points ?? Number.NaN;
        },
      },
      { environment: new WsEnvironment() },
    );
    this.#viewer.open();
  }

  get isLive(): boolean {
    return this.#viewer.state.phase === "live";
  }

  close(): void {
    this.#viewer.close();
  }
}
