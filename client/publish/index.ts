/** What the package `plotcast-client` has as `plotcast-client/publish`. */
export type { Problem } from "../subscribe/transport.ts";
export type { TokenSource } from "../token-source.ts";
export { openPublisher, type PublisherOptions } from "./open-publisher.ts";
export type { CloseOptions, Held, Publisher, PublisherState } from "./publisher.ts";
export type { LeftOutReason, Values } from "./rows.ts";
