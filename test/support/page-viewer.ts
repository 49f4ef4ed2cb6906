import { Connection } from "../../client/connection.ts";
import { NodeOutside } from "./node-outside.ts";

/** The page's own connection, on a socket of Node's: comes back by itself and goes on where it was. */
export class PageViewer {
  /** Points received, those from the store included. */
  points = 0;
  /** Points that were said to be missing; NaN once a number was not known. */
  lost = 0;
  readonly connection: Connection;
  readonly #outside: NodeOutside;

  constructor(url: URL) {
    this.#outside = new NodeOutside(url);
    this.connection = new Connection(this.#outside, {
      frame: ({ header }) => {
        this.points += header.points;
      },
      lost: ({ points }) => {
        this.lost += points ?? Number.NaN;
      },
      told: () => {},
      changed: () => {},
    });
    this.connection.start();
  }

  get isLive(): boolean {
    return this.connection.state.phase === "live";
  }

  close(): void {
    this.#outside.close();
  }
}
