/** What the package `plotcast-client` has. */
export type { Frame, Gap, Labels, Point, SeriesColumn, Table } from "../../protocol/frame/frame.ts";
export { pointsOf } from "../../protocol/frame/frame.ts";
export type { FrameHeader } from "../../protocol/frame/header.ts";
export type { TokenSource } from "../token-source.ts";
export type { FrameEvent, GapEvent } from "./follower.ts";
export { points, Refused, type SubscribeOptions, subscribe } from "./subscribe.ts";
export type { StateEvent, SubscriptionEvent } from "./subscription.ts";
export type { Problem, TransportName } from "./transport.ts";
