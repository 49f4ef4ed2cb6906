/** Every transport's suite, through relays. */
import "../../../support/relayed-suite.ts";
import "../live/transports.test.ts";
