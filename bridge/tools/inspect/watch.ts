import type { SourceConfig } from "../../config/config.ts";
import { escaped } from "../../observability/printable.ts";
import { type OpenTap, openTap, type Tap } from "../tap.ts";
import { adviceOn, type KnownPublisher } from "./advice.ts";
import { type CreateParts, Inspection } from "./inspection.ts";
import { findingText, placeOf, probe } from "./probe.ts";
import type { EndpointReport, SourceReport } from "./report.ts";

export interface WatchOptions {
  source: SourceConfig;
  createParts: CreateParts;
  publishers: readonly KnownPublisher[];
  unixSeconds: () => number;
  open?: OpenTap;
}

/** Connecting has its time before anybody looks why it does not. */
const FIRST_PROBE_MS = 1500;
const PROBE_EVERY_MS = 5000;
const MAX_TROUBLES = 5;
const MAX_TROUBLE_LENGTH = 400;

interface Endpoint {
  address: string;
  side: "bind" | "connect";
  connected: number;
  wasConnected: boolean;
  finding: string | undefined;
}

/** One source, looked at: its socket, and what comes there. */
export class Watch {
  readonly #source: SourceConfig;
  readonly #inspection: Inspection;
  readonly #unixSeconds: () => number;
  readonly #publishers: readonly KnownPublisher[];
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #troubles = new Set<string>();
  #tap: Tap | undefined;
  #probing: Promise<void> | undefined;
  #probeAtMs = performance.now() + FIRST_PROBE_MS;

  /**
   * Subscribes to everything, whatever topics the source has: only so can it say that messages come, but of others.
   * @throws SourceError
   */
  static async open(options: WatchOptions): Promise<Watch> {
    const watch = new Watch(options);
    await watch.#open(options.open ?? openTap);
    return watch;
  }

  private constructor({ source, createParts, publishers, unixSeconds }: WatchOptions) {
    this.#source = source;
    this.#publishers = publishers;
    this.#unixSeconds = unixSeconds;
    this.#inspection = new Inspection(source, createParts, unixSeconds());
  }

  async #open(open: OpenTap): Promise<void> {
    // libzmq may tell of a connection before all addresses are known.
    const early: string[] = [];
    const { bind } = this.#source.socket;
    const tap = await open({
      source: this.#source,
      topics: [],
      onMessage: (frames) => this.#inspection.take(frames, this.#unixSeconds()),
      onConnected: (address) => {
        if (this.#endpoints.size === 0) early.push(address);
        else this.#connected(address);
      },
      onDisconnected: (address) => {
        const endpoint = this.#endpoints.get(address);
        if (endpoint !== undefined) endpoint.connected = Math.max(0, endpoint.connected - 1);
      },
      onTrouble: (sentence) => {
        if (this.#troubles.size < MAX_TROUBLES) this.#troubles.add(escaped(sentence, MAX_TROUBLE_LENGTH));
      },
    });
    tap.addresses.forEach((address, i) => {
      const side = i < bind.length ? "bind" : "connect";
      this.#endpoints.set(address, { address, side, connected: 0, wasConnected: false, finding: undefined });
    });
    for (const address of early) this.#connected(address);
    this.#tap = tap;
  }

  get done(): Promise<void> {
    return this.#tap?.done ?? Promise.resolve();
  }

  /** To be called twice a second. */
  tick(): void {
    this.#inspection.tick(this.#unixSeconds());
    if (this.#probing === undefined && performance.now() >= this.#probeAtMs) {
      this.#probing = this.#probe().finally(() => {
        this.#probing = undefined;
        this.#probeAtMs = performance.now() + PROBE_EVERY_MS;
      });
    }
  }

  report(now: number, seconds: number): SourceReport {
    const endpoints = [...this.#endpoints.values()].map(
      (endpoint): EndpointReport => ({ ...endpoint, finding: endpoint.finding ?? null }),
    );
    // What a look at an address found says more than that it is not connected.
    const looked = endpoints
      .filter(({ finding }) => finding !== null)
      .map(({ address }) => `${address} is not connected`);
    const troubles = [...this.#troubles].filter((trouble) => !looked.some((begin) => trouble.startsWith(begin)));
    const seen = { ...this.#inspection.report(now), endpoints, troubles };
    return { ...seen, advice: adviceOn(seen, seconds, this.#publishers) };
  }

  async close(): Promise<void> {
    await this.#probing;
    await this.#tap?.close();
    this.#inspection.end(this.#unixSeconds());
  }

  #connected(address: string): void {
    const endpoint = this.#endpoints.get(address);
    if (endpoint === undefined) return;
    endpoint.connected++;
    endpoint.wasConnected = true;
    endpoint.finding = undefined;
  }

  /** Looks at the addresses that should be connected and are not. */
  async #probe(): Promise<void> {
    for (const endpoint of this.#endpoints.values()) {
      const at = endpoint.side === "connect" && endpoint.connected === 0 ? placeOf(endpoint.address) : undefined;
      if (at === undefined) continue;
      const finding = findingText(endpoint.address, await probe(at), this.#source.socket.type);
      if (endpoint.connected === 0) endpoint.finding = finding;
    }
  }
}
