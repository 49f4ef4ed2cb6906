/** For a browser: puts there what a test calls. */
import { browserEnvironment } from "../../../client/browser-environment.ts";
import { follow, type Report } from "./follow.ts";

const reports: Report[] = [];
Object.assign(globalThis, {
  reports,
  follow: (url: string) => follow(url, (report) => reports.push(report), browserEnvironment),
});
