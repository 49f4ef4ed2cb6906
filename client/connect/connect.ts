import { environmentHere } from "../environment-here.ts";
import { SharedConnection } from "./shared-connection.ts";

/**
 * One connection for several channels of a Worker, and their rooms: `subscribe(url, { connection })` and `openRoom(url, { connection })` go by
 * it. It is opened when something needs it, and closed when nothing does any more.
 *
 * @param url of the Worker, or of anything that it has
 * @throws TypeError if it is none
 */
export function connect(url: string | URL): SharedConnection {
  return new SharedConnection(url, environmentHere());
}
