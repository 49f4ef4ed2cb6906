import { spawn } from "node:child_process";
import { connect } from "node:net";

/** Whether somebody listens already. */
export async function isTaken(port: number, host: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1000 });
    const answer = (taken: boolean) => () => {
      socket.destroy();
      resolve(taken);
    };
    socket.once("connect", answer(true)).once("error", answer(false)).once("timeout", answer(false));
  });
}

/** Opens a browser where there is a display and a person at it. */
export function openBrowser(url: URL): void {
  const { platform, env, stdout } = process;
  if (!stdout.isTTY || env.CI !== undefined || env.SSH_CONNECTION !== undefined) return;
  const hasDisplay = platform !== "linux" || env.DISPLAY !== undefined || env.WAYLAND_DISPLAY !== undefined;
  if (!hasDisplay) return;
  const command: Partial<Record<NodeJS.Platform, [string, string[]]>> = {
    darwin: ["open", []],
    win32: ["cmd", ["/c", "start", ""]],
    linux: ["xdg-open", []],
  };
  const [program, args] = command[platform] ?? ["xdg-open", []];
  // Without a browser the URL that was printed must do.
  spawn(program, [...args, url.href], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}
