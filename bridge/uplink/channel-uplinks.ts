import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { NumbersRoom } from "../batch/sequence/numbers-room.ts";
import { SpoolError, type SpoolOptions } from "../batch/spool/open-spool.ts";
import { Spool } from "../batch/spool/spool.ts";
import { DEFAULT_SPOOL_DIR, spoolFileFor } from "../config/spool-file.ts";
import { DecodeError } from "../decode/message.ts";
import { MAX_CHANNELS } from "../map/bounds.ts";
import { ChannelUplink, type ChannelUplinkOptions } from "./channel-uplink.ts";

export interface ChannelUplinksOptions extends Omit<ChannelUplinkOptions, "spool"> {
  /** Undefined: each channel's default file; null: in memory alone. */
  spoolFile: string | null | undefined;
  spoolMaxBytes: number;
}

/** The channels that this bridge delivers to: those that sources name, and those that topics do as they come. */
export class ChannelUplinks {
  readonly #options: ChannelUplinksOptions;
  readonly #uplinks = new Map<string, ChannelUplink>();
  readonly #numbersRoom = new NumbersRoom();
  readonly #onOpen: (uplink: ChannelUplink) => void;

  /** @param onOpen is told of each uplink as it is opened */
  constructor(options: ChannelUplinksOptions, onOpen: (uplink: ChannelUplink) => void = () => undefined) {
    this.#options = options;
    this.#onOpen = onOpen;
  }

  get all(): readonly ChannelUplink[] {
    return [...this.#uplinks.values()];
  }

  /**
   * The uplink of a channel that is in the configuration.
   * @param channel its name; undefined: the bridge's own
   * @throws SpoolError
   */
  open(channel: string | undefined): ChannelUplink {
    const to = this.#urlOf(channel);
    return this.#uplinks.get(to.href) ?? this.#add(to, this.#spoolFor(to));
  }

  /**
   * The uplink of a channel that a message names.
   * @throws DecodeError too-many-channels
   */
  of(channel: string | undefined): ChannelUplink {
    const to = this.#urlOf(channel);
    const known = this.#uplinks.get(to.href);
    if (known !== undefined) return known;
    if (this.#uplinks.size >= MAX_CHANNELS) {
      throw new DecodeError(
        "too-many-channels",
        `Messages name more than ${MAX_CHANNELS} channels. Take a part of the topic that has fewer values.`,
      );
    }
    try {
      return this.#add(to, this.#spoolFor(to));
    } catch (error) {
      if (!(error instanceof SpoolError)) throw error;
      // What comes in is worth more than what another bridge has in its file.
      this.#options.log.error(`${error.message} Going on in memory alone for ${to.href}.`);
      return this.#add(to, undefined);
    }
  }

  /**
   * The uplink of a channel that is open, or for which an earlier bridge left a spool; undefined if nothing was ever
   * published there.
   * @throws DecodeError too-many-channels
   */
  existing(channel: string | undefined): ChannelUplink | undefined {
    const to = this.#urlOf(channel);
    const known = this.#uplinks.get(to.href);
    if (known !== undefined) return known;
    const file = this.#spoolFor(to)?.file;
    return file !== undefined && existsSync(file) ? this.of(channel) : undefined;
  }

  /** Opens the uplinks of channels for which an earlier bridge left something, so that it is delivered. */
  openSpooled(isOurs: (channel: string) => boolean): void {
    if (this.#options.spoolFile === null) return;
    for (const to of spooledIn(DEFAULT_SPOOL_DIR)) {
      const channel = to.pathname.slice("/c/".length);
      if (to.origin !== this.#options.to.origin || !isOurs(channel) || this.#uplinks.size >= MAX_CHANNELS) continue;
      this.of(channel);
    }
  }

  #add(to: URL, spool: SpoolOptions | undefined): ChannelUplink {
    const uplink = new ChannelUplink({ ...this.#options, to, spool, numbersRoom: this.#numbersRoom });
    this.#uplinks.set(to.href, uplink);
    this.#onOpen(uplink);
    return uplink;
  }

  #urlOf(channel: string | undefined): URL {
    return channel === undefined ? this.#options.to : new URL(`/c/${channel}`, this.#options.to);
  }

  #spoolFor(to: URL): SpoolOptions | undefined {
    const { spoolFile, spoolMaxBytes } = this.#options;
    if (spoolFile === null) return undefined;
    return { file: spoolFileFor(to, this.#options.to, spoolFile), maxBytes: spoolMaxBytes };
  }
}

/** The channels for which files in this folder hold undelivered points. */
function spooledIn(dir: string): URL[] {
  let files: string[];
  try {
    files = readdirSync(dir).filter((name) => /^spool-.*\.db$/.test(name));
  } catch {
    return [];
  }
  return files.flatMap((name) => {
    try {
      const spool = new Spool(join(dir, name));
      const { to, points } = spool;
      spool.close();
      return to !== undefined && points > 0 && URL.canParse(to) ? [new URL(to)] : [];
    } catch {
      // Another bridge's, or damaged: whoever opens it for its channel will say so.
      return [];
    }
  });
}
