/** For a browser: puts there what a test calls. */
import { browserEnvironment } from "../../../client/browser-environment.ts";
import type { ChannelViewer } from "../../../client/viewer.ts";
import { follow, type Report } from "./follow.ts";

const reports: Report[] = [];
let viewer: ChannelViewer | undefined;
Object.assign(globalThis, {
  reports,
  follow(url: string): void {
    viewer = follow(url, (report) => reports.push(report), browserEnvironment);
  },
  renew: (token: string) => viewer?.renew(token),
});
