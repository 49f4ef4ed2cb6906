/** The program of the Socket.IO server, in a process of its own: it prints when each command came, and confirms it. */
import { io } from "socket.io-client";

const [url = ""] = process.argv.slice(2);
const socket = io(url, { transports: ["websocket"], auth: { role: "program" } });
socket.on("connect", () => console.log("connected"));
socket.on("set", (value: number, answer: (confirmed: number) => void) => {
  const cameNs = process.hrtime.bigint();
  answer(value);
  console.log(`${value} ${cameNs}`);
});
