/** A Worker that publishes a point to the channel `?url=…`, and answers with what it then knows. */
import { openPublisher } from "../../../../client/publish/index.ts";

export default {
  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url).searchParams.get("url") ?? "";
    const publisher = await openPublisher(url, { token: "test-token" });
    publisher.publish({ temp: 21.5 }, 1000);
    await publisher.flush();
    const { isLasting } = publisher;
    return Response.json({ isLasting, left: await publisher.close() });
  },
};
