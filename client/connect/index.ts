/** What the package `plotcast-client` has as `plotcast-client/connect`. */
export { connect } from "./connect.ts";
export type { SharedConnection } from "./shared-connection.ts";
