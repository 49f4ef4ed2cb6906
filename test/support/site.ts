/** A site of another origin than the Worker's, with some files. */
import { once } from "node:events";
import { createServer } from "node:http";
import { listen } from "./listen.ts";

export interface SiteFile {
  type: string;
  text: string;
}

/** @param files by path */
export async function startSite(
  files: Readonly<Record<string, SiteFile>>,
): Promise<{ origin: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const file = files[request.url ?? ""];
    response.writeHead(file === undefined ? 404 : 200, { "Content-Type": file?.type ?? "text/plain" }).end(file?.text);
  });
  const { origin } = await listen(server);
  return {
    origin,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
