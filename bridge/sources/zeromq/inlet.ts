import { checksumOf } from "../checksum.ts";
import type { Arrivals, Inlet, InletKind, InletMessage, InletOptions, InletState } from "../inlet.ts";
import { ArrivalPaths } from "./arrival-paths.ts";
import { Peers } from "./connections/peers.ts";
import { SOCKET_COUNTS, SocketCounters } from "./counters.ts";
import { RenewableReceiver } from "./renewable.ts";

/** Sources that are ZeroMQ sockets. */
export const zeromqInlets: InletKind = {
  name: "zeromq",
  reads: ({ socket }) => socket !== undefined,
  events: SOCKET_COUNTS,
  open: (options) => ZeromqInlet.open(options),
};

/** One socket, for all addresses of a source. */
class ZeromqInlet implements Inlet {
  readonly addresses: readonly string[];
  readonly bound: readonly string[];
  readonly connected: readonly string[];
  readonly arrivals: Arrivals;
  readonly #receiver: RenewableReceiver;

  static async open({ config, log, unixSeconds, knowsOrigins, listener, bindWithinMs }: InletOptions): Promise<Inlet> {
    const paths = new ArrivalPaths();
    paths.isNoting = knowsOrigins;
    const messageOf = (frames: readonly Buffer[]): InletMessage => {
      const arrivedAt = unixSeconds();
      if (!paths.isNoting) return { frames, arrivedAt };
      const checksum = frames.reduce((sum, frame) => checksumOf(frame, sum), 0);
      return { frames, arrivedAt, origin: { checksum, arrivalPath: paths.take(checksum) } };
    };
    const counters = new SocketCounters();
    const receiver = await RenewableReceiver.open({
      counters,
      socket: config.socket,
      peers: new Peers({
        log,
        onReturn: () => listener.onPublisherBack(),
        // Publishers that number their messages say themselves what is missing.
        ...(knowsOrigins ? {} : { returnNote: "what was sent before that may be missing; viewers see a mark there" }),
        onGone: () => listener.onPublisherGone(),
        dropsEarly: config.socket.type !== "pull",
        onVisit: () => counters.visits++,
        onMissed: () => listener.onPublisherMissed(),
        onCount: (connected) => listener.onPublishers(connected),
      }),
      log,
      paths,
      ...(bindWithinMs === undefined ? {} : { bindWithinMs }),
      onMessage: (frames) => listener.onMessage(messageOf(frames)),
    });
    const arrivals: Arrivals = {
      get newest() {
        return paths.newest;
      },
      isOpen: (path) => paths.isOpen(path),
      isAnyOpenSince: (path) => paths.oldest <= path,
      note: (isOn) => {
        if (!knowsOrigins) paths.note(isOn);
      },
      whenCaughtUp: (onCaughtUp) => receiver.whenCaughtUp(onCaughtUp),
    };
    return new ZeromqInlet(receiver, arrivals, config.socket.bind.length);
  }

  private constructor(receiver: RenewableReceiver, arrivals: Arrivals, bound: number) {
    this.#receiver = receiver;
    this.arrivals = arrivals;
    this.addresses = receiver.addresses;
    this.bound = receiver.addresses.slice(0, bound);
    this.connected = receiver.addresses.slice(bound);
  }

  get counters(): Readonly<Record<string, number>> {
    return { ...this.#receiver.counters };
  }

  get state(): InletState {
    return this.#receiver.state;
  }

  get done(): Promise<void> {
    return this.#receiver.done;
  }

  renew(): void {
    this.#receiver.reopen();
  }

  close(): Promise<void> {
    return this.#receiver.close();
  }
}
