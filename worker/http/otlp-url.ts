/** RT14: OpenTelemetry's exporters add this to the URL that they are given. So no channel's name ends with it. */
export const OTLP_PATH = "/v1/metrics";

/** Whether metrics are sent to this path; or to a channel's name, which it is then without {@link OTLP_PATH}. */
export function isBelowChannel(path: string): boolean {
  return path.endsWith(OTLP_PATH) && path.length > OTLP_PATH.length && path !== `/c${OTLP_PATH}`;
}

/** Where OpenTelemetry's exporters send what is no metrics: as a channel of that name it would be read as any JSON. */
export function isOtherSignal(path: string): boolean {
  return /^\/c\/.+\/v1\/(?:traces|logs)$/.test(path);
}

/** The path of the channel that is asked for. */
export function channelPath(path: string): string {
  return isBelowChannel(path) ? path.slice(0, -OTLP_PATH.length) : path;
}
