/** What runs in each runtime: a viewer that reports all that it is handed. */
import type { ClientEnvironment } from "../../../client/environment.ts";
import { ChannelViewer, pointsOf } from "../../../client/viewer.ts";
import { webEnvironment } from "../../../client/web-environment.ts";

export type Report =
  | { kind: "point"; series: string; y: number; isStored: boolean }
  | { kind: "missing"; reason: string; points: number | null }
  | { kind: "hello"; channel: string }
  | { kind: "phase"; phase: string };

/** Begins to follow a channel. */
export function follow(
  url: string,
  report: (report: Report) => void,
  environment: ClientEnvironment = webEnvironment,
): ChannelViewer {
  const viewer = new ChannelViewer(
    new URL(url),
    {
      frame(frame, isStored) {
        for (const { series, y } of pointsOf(frame)) report({ kind: "point", series, y, isStored });
      },
      missing: ({ reason, points }) => report({ kind: "missing", reason, points }),
      status(message) {
        if (message.type === "hello") report({ kind: "hello", channel: message.channel });
      },
      stateChanged: (state) =>
        report({ kind: "phase", phase: state.phase === "refused" ? `refused: ${state.reason}` : state.phase }),
    },
    { environment, tail: { points: 3 } },
  );
  viewer.open();
  return viewer;
}
