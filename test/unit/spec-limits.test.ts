/** The tables of limits, refusals and close codes in SPEC.md say what the code has. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import * as client from "../../client/connection-state.ts";
import { MAX_OUTLIVING_BYTES } from "../../client/publish/deliver/fetch-post.ts";
import * as publishing from "../../client/publish/open-publisher.ts";
import { MAX_ASKS } from "../../client/room/asks.ts";
import * as choice from "../../client/subscribe/choice.ts";
import { POLL_EVERY_MS } from "../../client/subscribe/long-poll.ts";
import { MAX_WAITING_BYTES as MAX_UNREAD_BYTES } from "../../client/subscribe/unread.ts";
import { MAX_PATTERNS } from "../../protocol/access/rights.ts";
import { HEADER_BYTES } from "../../protocol/frame/header.ts";
import * as limits from "../../protocol/limits.ts";
import { MAX_SHARE_FOR_LENGTH, MAX_SHARE_MS, MIN_SHARE_MS } from "../../protocol/messages/named-tokens.ts";
import { PROBLEM_CODES, Problem } from "../../protocol/problem.ts";
import { MAX_FIRST_SEQUENCE, MAX_SEQUENCE_JUMP } from "../../protocol/publisher-number.ts";
import {
  MAX_CLIENT_GZIP_BYTES,
  MAX_CONNECT_GZIP_BYTES,
  MAX_PUBLISH_GZIP_BYTES,
  MAX_ROOM_GZIP_BYTES,
} from "../../scripts/build-client.ts";
import { MAX_ELEMENT_GZIP_BYTES } from "../../scripts/build-element.ts";
import { MAX_TOKEN_LENGTH } from "../../worker/auth/authenticate.ts";
import { MAX_WRONG_TOKENS } from "../../worker/auth/bounds/wrong-tokens.ts";
import { MAX_CHANNELS_OF_TOKEN } from "../../worker/auth/named-tokens.ts";
import { ADDRESS_DEFAULTS, TOKEN_DEFAULTS } from "../../worker/auth/quota-config.ts";
import * as reads from "../../worker/channel/log/read-limits.ts";
import { NEW_NAMES_IN_ALL, NEW_NAMES_PER_ASKER } from "../../worker/http/access/new-names.ts";
import { IDLE_MS, MAX_UNREAD_MS } from "../../worker/http/live/live-body.ts";
import { MAX_WAIT_SECONDS } from "../../worker/http/live/live-query.ts";
import { MAX_STREAMS, MAX_STREAMS_PER_ADDRESS } from "../../worker/http/live/open-streams.ts";
import {
  MAX_WAITING_BYTES as MAX_LIVE_WAITING_BYTES,
  MAX_WAITING_IN_ISOLATE_BYTES,
} from "../../worker/http/live/part-queue.ts";
import { MAX_POLL_BYTES } from "../../worker/http/live/poll.ts";
import { MAX_ACCEPT_LENGTH, problemResponse } from "../../worker/http/problem-response.ts";
import { MAX_BODY_MS, MAX_PAUSE_MS } from "../../worker/http/publish/read-body.ts";
import * as lines from "../../worker/http/publish/streamed-lines.ts";
import * as waiting from "../../worker/http/publish/waiting-bodies.ts";
import { MAX_LATEST_SLICES } from "../../worker/http/read/latest-values.ts";
import { MAX_SERIES_PATTERNS } from "../../worker/http/read/read-query.ts";
import { MAX_DETAIL_LENGTH } from "../../worker/http/said-back.ts";
import { MAX_JSON_TAIL_POINTS } from "../../worker/hub/hub.ts";
import { MAX_LOOK_BACK_BYTES } from "../../worker/hub/last-points.ts";
import { MAX_REVOKED_TOKENS, REVOKED_FOR_MS } from "../../worker/hub/revoked-tokens.ts";
import { AT_ONCE, TURN_UNITS } from "../../worker/hub/send-budget.ts";
import { MAX_IDLE_MS } from "../../worker/hub/silence.ts";
import { MAX_SERIES_LENGTH, MAX_STARS } from "../../worker/hub/text-view.ts";
import { MAX_FILTERED_VIEWS, MAX_FILTERED_VIEWS_OF_ONE } from "../../worker/hub/view-counts.ts";
import { CONTROL_BUFFER_BYTES } from "../../worker/hub/viewer-session.ts";
import {
  MAX_NAMED_TOKENS,
  MAX_RIGHTS_LENGTH,
  MAX_RIGHTS_LENGTH_OF_MAKER,
  MAX_TOKENS_OF_MAKER,
  MAX_USES,
  MAX_USES_OF_MAKER,
} from "../../worker/tokens/token-store.ts";

const spec = await readFile(new URL("../../SPEC.md", import.meta.url), "utf8");

/** The limits of protocol/limits.ts by what SPEC.md calls them. */
const OF_PROTOCOL: Readonly<Record<string, keyof typeof limits>> = {
  "a frame, header included": "MAX_FRAME_BYTES",
  "series of a table": "MAX_COLUMNS",
  "a series' name": "MAX_SERIES_NAME_BYTES",
  "a gap's reason": "MAX_GAP_REASON_BYTES",
  "labels of a series in a frame": "MAX_LABELS",
  "a label's text": "MAX_LABEL_BYTES",
  "publishers of a channel by WebSocket": "MAX_PUBLISHER_SOCKETS",
  "what one of them sends before it is answered": "MAX_UNANSWERED_BODIES",
  "the same, together": "MAX_UNANSWERED_BYTES",
  "silence of a publisher's WebSocket": "PUBLISHER_SILENCE_MS",
  "time between pings of such a publisher": "PUBLISHER_PING_MS",
  "controls of a channel": "MAX_CONTROLS",
  "their declarations": "MAX_CONTROLS_BYTES",
  "a text of a control, or that is set": "MAX_CONTROL_TEXT_BYTES",
  "a call without a time of its own": "DEFAULT_CALL_EXPIRES_MS",
  "a call's time": "MAX_CALL_EXPIRES_MS",
  "an answer to a set that was delivered": "SET_ANSWER_MS",
  "participants of a room": "MAX_PARTICIPANTS",
  "of these, left to publishers and tokens": "RESERVED_PARTICIPANTS",
  "a viewer's message in a room": "MAX_ROOM_MESSAGE_BYTES",
  "messages of a participant at once": "ROOM_MESSAGES_AT_ONCE",
  "messages of a participant after that, each second": "ROOM_MESSAGES_PER_SECOND",
  "messages of a publisher in a room at once": "PUBLISHER_MESSAGES_AT_ONCE",
  "messages of a publisher in a room after that, each second": "PUBLISHER_MESSAGES_PER_SECOND",
  "notes of a channel": "MAX_NOTES",
  "people that are named": "MAX_PEOPLE",
  "a person's name": "MAX_PERSON_NAME_LENGTH",
  "an announcement in a room": "MAX_ANNOUNCEMENT_LENGTH",
  "a body, as it comes and decompressed": "MAX_BODY_BYTES",
  "points of a body": "MAX_BODY_POINTS",
  "frames that are made of a body of JSON": "MAX_POINTS_BYTES",
  "levels of nesting in JSON": "MAX_NESTING",
  "a channel's name": "MAX_CHANNEL_NAME_LENGTH",
  "an announcement": "MAX_PRESENCE_BYTES",
  "what a page says of its session": "MAX_SESSION_BYTES",
  "what is asked for a share link": "MAX_SHARE_BYTES",
  "what is asked for a named token": "MAX_RIGHTS_BYTES",
  "an arrangement": "MAX_ARRANGEMENT_BYTES",
  "publishers whose numbers and presence are known": "MAX_PUBLISHERS",
  "silence of a publisher that is here": "PRESENCE_EXPIRES_MS",
  "points before which trimmed frames reported a loss, one by one": "MAX_TRIMMED_GAPS",
  "what waits for a viewer": "VIEWER_BUFFER_BYTES",
  "one step from the log, one binary message": "CATCH_UP_BYTES",
  "the tail that a viewer joins with": "MAX_TAIL_BYTES",
  "series that a `hello` lists": "MAX_SERIES_LISTED",
  "names in a `hello`": "MAX_SERIES_LISTED_BYTES",
  "`?max_rate=`, points a second at least": "MIN_RATE",
  "`?max_rate=`, points a second at most": "MAX_RATE",
  "a viewer's message": "MAX_VIEWER_MESSAGE_BYTES",
  "a viewer's message `renew`": "MAX_RENEW_BYTES",
  "warning before a token expires": "EXPIRY_WARNING_MS",
  "a viewer's messages, at once and in a second": "VIEWER_MESSAGES_PER_SECOND",
  "silence of a viewer": "MAX_SILENCE_MS",
  "viewers of a channel": "MAX_VIEWERS",
  "viewers that come back in a second": "RECONNECTS_PER_SECOND",
  "channels of one connection": "MAX_SHARED_CHANNELS",
  "a message of its client's": "MAX_SHARED_MESSAGE_CHARACTERS",
};

const OF_OTHERS: Readonly<Record<string, number>> = {
  "patterns of one token": MAX_PATTERNS,
  "named tokens": MAX_NAMED_TOKENS,
  "rights of all named tokens, as JSON": MAX_RIGHTS_LENGTH,
  "named tokens of one maker": MAX_TOKENS_OF_MAKER,
  "their rights, as JSON": MAX_RIGHTS_LENGTH_OF_MAKER,
  "channels in which a named token is used": MAX_CHANNELS_OF_TOKEN,
  "uses of all named tokens, and channels to be told": MAX_USES,
  "the same, of one maker": MAX_USES_OF_MAKER,
  "a share link, at least": MIN_SHARE_MS,
  "a share link, at most": MAX_SHARE_MS,
  "for whom a share link is": MAX_SHARE_FOR_LENGTH,
  "the header": HEADER_BYTES,
  "values of a frame": limits.MAX_FRAME_BYTES / 8,
  "a publisher's first number": MAX_FIRST_SEQUENCE,
  "a jump of a publisher's number": MAX_SEQUENCE_JUMP,
  "a body, from its first byte to its last": MAX_BODY_MS,
  "a pause in a body": MAX_PAUSE_MS,
  "bodies that are not whole, together": waiting.MAX_WAITING_BYTES,
  "the time after which a body is slow": waiting.SLOW_AFTER_MS,
  "slow bodies at once, of an isolate": waiting.MAX_SLOW_BODIES,
  "slow bodies at once, of a token": waiting.MAX_SLOW_BODIES_OF_TOKEN,
  "slow bodies at once, of an address": waiting.MAX_SLOW_BODIES_OF_ADDRESS,
  "a part of a streamed body, unless it is one line": lines.PART_BYTES,
  "time between parts of a streamed body": lines.PART_EVERY_MS,
  "a pause in a streamed body": lines.MAX_STREAM_PAUSE_MS,
  "a streamed body, from its first byte to its last": lines.MAX_STREAM_MS,
  "an `Authorization`": MAX_TOKEN_LENGTH,
  "wrong tokens of an address in a minute": MAX_WRONG_TOKENS,
  "reads of an address in a second, if `QUOTA_ADDRESS` does not say it": ADDRESS_DEFAULTS.reads,
  "viewers of an address in a channel, likewise": ADDRESS_DEFAULTS.viewers,
  "announcements of an address in a second, likewise": ADDRESS_DEFAULTS.announcements,
  "announcements of a token in a second, if `QUOTA_TOKEN` does not say it": TOKEN_DEFAULTS.announcements,
  "control messages that wait for it beyond that": CONTROL_BUFFER_BYTES,
  "points of a step": reads.CATCH_UP.points,
  "values of a step, unless it is one frame": reads.CATCH_UP.values,
  "points of the log for a text viewer that joins": MAX_JSON_TAIL_POINTS,
  "units at once for viewers that join or continue": AT_ONCE.atOnce,
  "the same, in a second": AT_ONCE.perSecond,
  "of these, with a publish": TURN_UNITS.publish,
  "units of a round of an alarm": TURN_UNITS.alarm,
  "silence of both sides": MAX_IDLE_MS,
  "tokens that a channel remembers as revoked": MAX_REVOKED_TOKENS,
  "the time for which it does": REVOKED_FOR_MS,
  "time between pings of a viewer": client.PING_EVERY_MS,
  "silence of the channel, before a viewer gives it up": client.SILENCE_MS,
  "wait of a viewer before it comes back, at first": client.BASE_DELAY_MS,
  "the same, at most": client.MAX_DELAY_MS,
  "silence of a transport that is not live yet, of the client library": choice.FIRST_MESSAGE_MS,
  "a connection that counts as short": choice.SHORT_LIFE_MS,
  "short connections in a row": choice.MAX_SHORT_LIVES,
  "wait before a better transport is tried": choice.FIRST_TRIAL_MS,
  "the longest such wait": choice.MAX_TRIAL_MS,
  "what waits unread in a subscription": MAX_UNREAD_BYTES,
  "time between long polls": POLL_EVERY_MS,
  "the client library, packed": MAX_CLIENT_GZIP_BYTES,
  "what publishes, of the client library, packed": MAX_PUBLISH_GZIP_BYTES,
  "what talks in a room, of the client library, packed": MAX_ROOM_GZIP_BYTES,
  "what joins several channels by one connection, of the client library, packed": MAX_CONNECT_GZIP_BYTES,
  "what a room of the client library holds without an outcome": MAX_ASKS,
  "what waits for its delivery there, if `maxBytes` does not say it": publishing.DEFAULT_MAX_BYTES,
  "`maxBytes`, at least": publishing.MIN_MAX_BYTES,
  "frames that wait for their delivery there": publishing.MAX_FRAMES,
  "what is sent when a page ends": MAX_OUTLIVING_BYTES,
  "wait before it sends again, at most": publishing.RETRY_POLICY.maxDelayMs,
  "the elements, packed": MAX_ELEMENT_GZIP_BYTES,
  "a slice of a read": reads.READ_SLICE.bytes,
  "points of a slice": reads.READ_SLICE.points,
  "values of a slice": reads.READ_SLICE.values,
  "frames that a slice looks at": reads.READ_SLICE.rows,
  "pause before the next slice, for each read": reads.SLICE_PAUSE_MS,
  "reads of a channel at once": reads.MAX_READS,
  "reads of an address at once": reads.MAX_READS_PER_ADDRESS,
  "reads of an isolate at once": reads.MAX_READS_IN_WORKER,
  "streams of an isolate at once": MAX_STREAMS,
  "of these, of an address": MAX_STREAMS_PER_ADDRESS,
  "a pause in which nothing is taken of a read": reads.MAX_READ_PAUSE_MS,
  "a read, from its beginning to its end": reads.MAX_READ_MS,
  "a search for the next point": reads.MAX_SEARCH_MS,
  "slices that metrics look at": MAX_LATEST_SLICES,
  "names with `*` of a read": MAX_SERIES_PATTERNS,
  "what waits in the Worker for a client of a stream": MAX_LIVE_WAITING_BYTES,
  "the names in `?series=` of a live view, together": MAX_SERIES_LENGTH,
  "`*` in them": MAX_STARS,
  "what is looked through for the last points of some series": MAX_LOOK_BACK_BYTES,
  "choices of series of a channel at once": MAX_FILTERED_VIEWS,
  "of these, of one token or address": MAX_FILTERED_VIEWS_OF_ONE,
  "what waits in an isolate, before less may wait for each client": MAX_WAITING_IN_ISOLATE_BYTES,
  "an answer to a long poll, and a chunk more": MAX_POLL_BYTES,
  "`?wait=`, at most": MAX_WAIT_SECONDS,
  "an idle line of a stream": IDLE_MS,
  "a stream of which nothing is taken": MAX_UNREAD_MS,
  "an `Accept`": MAX_ACCEPT_LENGTH,
  "a `detail`": MAX_DETAIL_LENGTH,
  "new channels of an address at once": NEW_NAMES_PER_ASKER.atOnce,
  "new channels of all addresses at once": NEW_NAMES_IN_ALL.atOnce,
};

/** The cells of every row below this heading. */
function rowsOf(heading: string): string[][] {
  const tables = spec.split(`| ${heading} |`).slice(1);
  assert.ok(tables.length > 0, heading);
  return tables.flatMap((rest) =>
    (rest.split("\n\n")[0] ?? "")
      .split("\n")
      .slice(2)
      .map((row) =>
        row
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim()),
      ),
  );
}

test("every limit in SPEC.md has the value, and the rule, that it names", () => {
  const values = new Map(Object.entries(limits));
  const known = new Map<string, unknown>(Object.entries(OF_OTHERS));
  for (const [what, name] of Object.entries(OF_PROTOCOL)) known.set(what, values.get(name));
  const rows = rowsOf("limit | value | unit | rule");
  for (const [what = "", value = "", unit = "", rule = ""] of rows) {
    assert.equal(Number(value.replaceAll(",", "")), known.get(what), what);
    assert.match(unit, /^[a-z]+$/, what);
    assert.ok(spec.includes(`\n| ${rule} | `), `${what}: there is no rule ${rule}`);
  }
  assert.deepEqual(rows.map(([what]) => what).sort(), [...known.keys()].sort());
});

test("every limit of the protocol is in SPEC.md", () => {
  const listed = new Set<string>(Object.values(OF_PROTOCOL));
  const numbers = Object.entries(limits).filter(([, value]) => typeof value === "number");
  assert.deepEqual(
    numbers.map(([name]) => name).filter((name) => !listed.has(name)),
    [],
  );
});

test("[BAD3] every code of a refusal is in SPEC.md, with its status", () => {
  const listed = rowsOf("status | code").flatMap(([status = "", codes = ""]) =>
    [...codes.matchAll(/`([a-z-]+)`/g)].map(([, code = ""]) => `${code} ${status}`),
  );
  const actual = PROBLEM_CODES.map((code) => `${code} ${problemResponse(new Problem(code, "A sentence.")).status}`);
  assert.deepEqual(listed.sort(), actual.sort());
});

test("every close code of the Channel is in SPEC.md", () => {
  const codes = rowsOf("close code | meaning | what a viewer does").map(([code]) => code);
  for (const code of Object.values(limits.CloseCode)) assert.ok(codes.includes(String(code)), `${code}`);
});
