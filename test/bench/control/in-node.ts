/** Both viewers are in this process. */
import { io, type Socket } from "socket.io-client";
import { openRoom } from "../../../client/room/open-room.ts";
import { waitFor, withDeadline } from "../../support/wait.ts";
import { startPlotcast, startSocketIo, type Way } from "./way.ts";

export async function plotcastInNode(): Promise<Way> {
  const { url, language, program, close } = await startPlotcast();
  const [ada, ben] = [await openRoom(url), await openRoom(url)];
  await waitFor("the knob at both", () => ada.controls.has("knob") && ben.controls.has("knob"), { deadlineMs: 20_000 });
  const seen = new Map<number, bigint>();
  ben.when("controls", ({ changed }) => {
    for (const { value, desired } of changed)
      if (desired?.stage === "confirmed" && typeof value === "number" && !seen.has(value))
        seen.set(value, process.hrtime.bigint());
  });
  return {
    name: `Plotcast, viewers in Node, a program in ${language}`,
    async set(value) {
      const saidNs = process.hrtime.bigint();
      await ada.set("knob", value);
      return saidNs;
    },
    seenNs: async (value) => seen.get(value),
    program,
    async close() {
      ada.close();
      ben.close();
      await close();
    },
  };
}

export async function socketIoInNode(): Promise<Way> {
  const { url, program } = await startSocketIo();
  const connected = async (): Promise<Socket> => {
    const socket = io(url, { transports: ["websocket"] });
    await withDeadline("a viewer", new Promise<void>((resolve) => socket.once("connect", resolve)));
    return socket;
  };
  const [ada, ben] = [await connected(), await connected()];
  const seen = new Map<number, bigint>();
  ben.on("value", (value: number) => seen.set(value, process.hrtime.bigint()));
  return {
    name: "A bare Socket.IO server, viewers and program in Node",
    async set(value) {
      const saidNs = process.hrtime.bigint();
      await ada.timeout(5000).emitWithAck("set", value);
      return saidNs;
    },
    seenNs: async (value) => seen.get(value),
    program,
    close() {
      ada.close();
      ben.close();
    },
  };
}
