import { Command, InvalidArgumentError } from "commander";
import { context, Publisher } from "zeromq";
import { addressFault } from "../config/syntax/endpoint.ts";
import { AddressError, wrongAddress } from "../sources/errors.ts";

export interface DemoOptions {
  /** Where a bridge is bound. */
  connect: string;
  /** Points a second. */
  hz?: number;
}

export interface Demo {
  close(): void;
}

export const DEFAULT_CONNECT = "tcp://127.0.0.1:5000";

// Otherwise libzmq may hold the process when it ends.
context.blocky = false;

/**
 * A publisher that connects and sends a sine, `{"x": unix seconds, "y": sin x}`: one wave in some six seconds.
 * @throws AddressError if the address cannot be used; a bridge need not be there yet
 */
export function startDemo({ connect, hz = 10 }: DemoOptions): Demo {
  const fault = addressFault("connect", connect);
  if (fault !== undefined) throw wrongAddress("connect", connect, fault);
  const socket = new Publisher({ linger: 0 });
  socket.connect(connect);
  const timer = setInterval(() => {
    const x = Date.now() / 1000;
    // A PUB never waits: without a subscriber the message is dropped. It rejects only once the socket is closed.
    socket.send(JSON.stringify({ x, y: Math.sin(x) })).catch(() => undefined);
  }, 1000 / hz);
  return {
    close: () => {
      clearInterval(timer);
      socket.close();
    },
  };
}

function parseHz(text: string): number {
  const hz = Number(text);
  if (!(hz > 0 && hz <= 1000)) throw new InvalidArgumentError("Give a number from 0.01 to 1000.");
  return hz;
}

if (import.meta.main) {
  const command = new Command("plotcast-demo")
    .description("Publishes a sine over ZeroMQ, so that there is something to see.")
    .option("--connect <address>", "where a bridge is bound", DEFAULT_CONNECT)
    .option("--hz <number>", "points a second", parseHz, 10);
  const { connect, hz } = command.parse().opts<{ connect: string; hz: number }>();
  try {
    const demo = startDemo({ connect, hz });
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => demo.close());
    console.log(`Sending a sine to ${connect}, ${hz} points a second.`);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    console.error(error.message);
    process.exitCode = 4;
  }
}
