/** A bare Socket.IO server that does the same: passes `set` to the program, its answer to the sender, and the value to everybody. */
import { createServer } from "node:http";
import { Server } from "socket.io";

const server = createServer();
const io = new Server(server, { transports: ["websocket"], cors: { origin: "*" } });
io.on("connection", (socket) => {
  if (socket.handshake.auth.role === "program") void socket.join("program");
  socket.on("set", async (value: number, answer: (confirmed: number) => void) => {
    const [confirmed]: number[] = await io.to("program").timeout(5000).emitWithAck("set", value);
    if (confirmed === undefined) return;
    answer(confirmed);
    socket.broadcast.emit("value", confirmed);
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.(typeof address === "object" && address !== null ? address.port : 0);
});
process.on("disconnect", () => process.exit());
