import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { RoomServerMessage } from "../../protocol/room/room-message.ts";
import type { WatchedDownlink } from "../observability/health.ts";
import type { Log } from "../observability/log.ts";
import { errorText } from "../observability/printable.ts";
import { type CommandStore, FileCommandStore, MemoryCommandStore } from "./command-store.ts";
import { Downlink } from "./downlink.ts";
import type { Outlet } from "./outlet.ts";
import type { ProgramMessage } from "./program-message.ts";
import { exchangeWith } from "./room-exchange.ts";
import { RoomLink } from "./room-link.ts";

/** What a downlink needs of its channel. */
export interface DownlinkChannel {
  /** Its name. */
  channel: string;
  to: URL;
  /** The id in the frames, which may change. */
  publisher: () => string;
  /** The spool's file; undefined: what is known of commands is kept in memory alone. */
  spoolFile: string | undefined;
}

interface Open {
  channel: string;
  downlink: Downlink;
  link: RoomLink | undefined;
  store: CommandStore;
}

/** The lines down from channels' rooms: one for each channel whose programs have said something for it. */
export class ChannelDownlinks {
  readonly #token: string;
  readonly #log: Log;
  readonly #outlets: () => readonly Outlet[];
  readonly #open = new Map<string, Open>();

  constructor(token: string, log: Log, outlets: () => readonly Outlet[]) {
    this.#token = token;
    this.#log = log;
    this.#outlets = outlets;
  }

  /** A program of this channel has said something. */
  take(channel: DownlinkChannel, messages: readonly ProgramMessage[]): void {
    this.of(channel).take(messages);
  }

  /** Somebody listens at an outlet who did not before. */
  listened(): void {
    for (const { downlink } of this.#open.values()) void downlink.listened();
  }

  /** Of each channel what became of its commands. */
  get all(): WatchedDownlink[] {
    return [...this.#open.values()].map(({ channel, downlink }) => ({ channel, ledger: downlink.ledger }));
  }

  /** The line of a channel, which is opened if it is not there. */
  of(channel: DownlinkChannel): Downlink {
    const known = this.#open.get(channel.to.href);
    if (known !== undefined) return known.downlink;
    const store = this.#storeFor(channel.spoolFile);
    let link: RoomLink | undefined;
    const downlink = new Downlink({
      outlets: this.#outlets,
      store,
      say: (message) => link?.say(message) ?? false,
      log: this.#log,
    });
    link = new RoomLink({
      to: channel.to,
      token: this.#token,
      publisher: channel.publisher,
      log: this.#log,
      onWelcome: () => downlink.welcomed(),
      onMessage: (message: RoomServerMessage) => void downlink.heard(message),
      exchange: (messages) => exchangeWith(channel.to, this.#token, channel.publisher(), messages),
    });
    this.#open.set(channel.to.href, { channel: channel.channel, downlink, link, store });
    return downlink;
  }

  close(): void {
    for (const { link, store } of this.#open.values()) {
      link?.close();
      store.close();
    }
    this.#open.clear();
  }

  #storeFor(spoolFile: string | undefined): CommandStore {
    if (spoolFile === undefined) return new MemoryCommandStore();
    const file = `${spoolFile.replace(/\.db$/, "")}-commands.db`;
    try {
      if (!existsSync(dirname(file))) mkdirSync(dirname(file), { recursive: true });
      return new FileCommandStore(file);
    } catch (error) {
      this.#log.warn(
        `What is known of commands cannot be kept in ${file}: ${errorText(error)}. After a restart a command could be done twice.`,
      );
      return new MemoryCommandStore();
    }
  }
}
