import { bindTo } from "../sources/zeromq/attach.ts";

const BIND_WITHIN_MS = 2_000;
/** What waits for one program; beyond, it is told that it reads too slowly. */
export const SEND_HIGH_WATER_MARK = 1_000;

/** Of a ZeroMQ socket what binding needs. */
interface Bindable {
  readonly lastEndpoint: string | null;
  bind(address: string): Promise<void>;
  close(): void;
}

/**
 * Binds a socket for programs at a `--control` address, or closes it.
 * @returns where it is bound
 * @throws AddressError
 */
export async function boundAt(socket: Bindable, address: string): Promise<string> {
  try {
    const bind = async (): Promise<string> => {
      await socket.bind(address);
      return socket.lastEndpoint ?? address;
    };
    return await bindTo(address, BIND_WITHIN_MS, bind, "control");
  } catch (error) {
    socket.close();
    throw error;
  }
}
