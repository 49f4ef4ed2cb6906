/** The client library's transports, through relays. */
import "../../../support/relayed-suite.ts";
import "../../client/subscribe/transports.test.ts";
