/** [VW6] [VW7] [VW8] What a viewer may send on the wire: it hurts itself alone, and a viewer beside it gets every point. */
import assert from "node:assert/strict";
import { after } from "node:test";
import { SUBPROTOCOL } from "../../protocol/limits.ts";
import { startEdge } from "../support/edge.ts";
import { numbersIn, publishJson } from "../support/publish.ts";
import { clientFrame, Opcode, RawWebSocket } from "../support/raw-websocket.ts";
import { isBinary, openViewer } from "../support/sockets.ts";
import { waitFor } from "../support/wait.ts";
import { HANDSHAKES, KEY, UPGRADE, VERSION, WIRE, type WireRow } from "./rows/websocket.ts";
import { tryRow } from "./table.ts";

const edge = await startEdge();
after(() => edge.close());

for (const row of HANDSHAKES) {
  tryRow("[VW8] handshakes", edge, row, async ({ channel, from }) => {
    const socket = new RawWebSocket(edge.channelUrl(channel), `${from}\r\n${row.head}`);
    try {
      assert.equal(await socket.answered(), row.status, socket.body);
      if (row.status === 101) await goesOn(socket);
    } finally {
      socket.destroy();
    }
    return 0;
  });
}

for (const row of WIRE) {
  tryRow("[VW7] websocket", edge, row, async ({ channel, from }) => {
    const witness = await openViewer(edge.channelUrl(channel), { subprotocol: SUBPROTOCOL });
    const first = await witness.nextMessage("the first frame", isBinary);
    const { epoch } = numbersIn(first);
    const protocol = `Sec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n`;
    const socket = new RawWebSocket(edge.channelUrl(channel), `${from}\r\n${UPGRADE}${VERSION}${KEY}${protocol}`);
    try {
      assert.equal(await socket.answered(), 101);
      socket.send(typeof row.bytes === "function" ? row.bytes(epoch) : row.bytes);
      await becomes(socket, row.is);
      await publishJson(edge, channel, { x: 2, y: 2 });
      await witness.nextMessage("the next frame", isBinary);
    } finally {
      socket.destroy();
      await witness.close();
    }
    return 1;
  });
}

async function becomes(socket: RawWebSocket, is: WireRow["is"]): Promise<void> {
  switch (is) {
    case "goes on":
      return await goesOn(socket);
    case "waits":
      return assert.equal(socket.closeCode, undefined);
    case "ends":
      await waitFor("the end", () => socket.closeCode !== undefined || socket.isEnded);
      return;
    default:
      assert.equal(await waitFor("a close", () => socket.closeCode), is);
  }
}

/** It answers a ping that comes behind all else. */
async function goesOn(socket: RawWebSocket): Promise<void> {
  const mark = `mark ${Math.random()}`;
  socket.send(clientFrame(Opcode.ping, mark));
  await waitFor("the answer to a ping", () =>
    socket.frames.some(({ opcode, payload }) => opcode === Opcode.pong && payload.toString() === mark),
  );
  assert.equal(socket.closeCode, undefined);
}
