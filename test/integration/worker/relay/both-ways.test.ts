/** Everything that goes both ways, in channels that have relays. */
import "../../../support/relayed-suite.ts";
import "../room/controls.test.ts";
import "../room/talk.test.ts";
