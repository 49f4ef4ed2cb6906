import type { SecurityConfig, SourceConfig } from "../config/config.ts";
import { addressFault, type Side } from "../config/syntax/endpoint.ts";
import type { Log } from "../observability/log.ts";
import { wrongAddress } from "../sources/errors.ts";
import { PasswordBrake } from "../sources/zeromq/security/brake.ts";
import { admission, securityOptions } from "../sources/zeromq/security/socket-security.ts";
import { guardDomain } from "../sources/zeromq/security/zap.ts";
import type { Outlet, OutletEvents } from "./outlet.ts";
import { RepOutlet } from "./rep-outlet.ts";
import { RouterOutlet } from "./router-outlet.ts";
import { XpubOutlet } from "./xpub-outlet.ts";

const ROUTER = "router+";
let domains = 0;

export interface OutletsOptions {
  /** `tcp://…`, `ipc://…`: an XPUB there; with `router+` before it, a ROUTER. */
  control: readonly string[];
  /** REP programs to connect to. */
  call: readonly string[];
  /** Whose CURVE or PLAIN, if it is a server, is that of the sockets that are bound. */
  source: Pick<SourceConfig, "socket"> | undefined;
  log: Log;
}

/** The sockets by which programs are told what to do. */
export class Outlets {
  readonly all: readonly Outlet[];
  readonly #release: () => void;

  /** @throws AddressError, SourceError */
  static async open({ control, call, source, log }: OutletsOptions, events: OutletEvents): Promise<Outlets> {
    for (const address of control)
      check("bind", address.startsWith(ROUTER) ? address.slice(ROUTER.length) : address, "control");
    for (const address of call) check("connect", address, "call");
    const { options, release } = await securityOf(source?.socket.security ?? { mechanism: "none" }, log);
    const opened: Outlet[] = [];
    try {
      for (const address of new Set(control)) {
        opened.push(
          address.startsWith(ROUTER)
            ? await RouterOutlet.open(address.slice(ROUTER.length), options, events)
            : await XpubOutlet.open(address, options, events),
        );
      }
      for (const address of new Set(call)) opened.push(new RepOutlet(address, {}, events));
      return new Outlets(opened, release);
    } catch (error) {
      await Promise.all(opened.map((outlet) => outlet.close()));
      release();
      throw error;
    }
  }

  private constructor(all: readonly Outlet[], release: () => void) {
    this.all = all;
    this.#release = release;
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((outlet) => outlet.close()));
    this.#release();
  }
}

/** @throws AddressError */
function check(side: Side, address: string, flag: "control" | "call"): void {
  const fault = addressFault(side, address);
  if (fault !== undefined) throw wrongAddress(side, address, fault, flag);
}

/** Who may connect where commands are sent: whoever may publish. A source that is a client has nobody to let in. */
async function securityOf(
  security: SecurityConfig,
  log: Log,
): Promise<{ options: Readonly<Record<string, unknown>>; release: () => void }> {
  const admit = admission(security, (sentence) => log.warn(sentence), new PasswordBrake());
  if (admit === undefined) return { options: {}, release: () => undefined };
  const domain = `plotcast-control-${domains++}`;
  const release = await guardDomain(domain, admit);
  return { options: { ...securityOptions(security, domain) }, release };
}
