/** A Worker that follows the channel `?url=…`, and answers with a line of JSON a report, until its client leaves. */
import type { ChannelViewer } from "../../../client/viewer.ts";
import { follow } from "./follow.ts";

export default {
  fetch(request: Request): Response {
    const url = new URL(request.url).searchParams.get("url") ?? "";
    const encoder = new TextEncoder();
    let viewer: ChannelViewer | undefined;
    const reports = new ReadableStream<Uint8Array>({
      start(controller) {
        viewer = follow(url, (report) => controller.enqueue(encoder.encode(`${JSON.stringify(report)}\n`)));
      },
      cancel: () => viewer?.close(),
    });
    return new Response(reports);
  },
};
