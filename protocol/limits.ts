/** The limits and codes that publisher, Channel and viewer agree on. SPEC.md lists them too. */

const KIB = 1024;

/** The subprotocol of viewers that speak control messages and binary frames. */
export const SUBPROTOCOL = "plotcast.v1";
/** The subprotocol of a publisher that sends bodies over one WebSocket. */
export const PUBLISH_SUBPROTOCOL = "plotcast.publish.v1";
/** Publishers that one channel has by WebSocket at once. Any other goes on by POST. */
export const MAX_PUBLISHER_SOCKETS = 256;
/** What a publisher may send by WebSocket before it is answered: so many messages, and so many bytes. It needs one. */
export const MAX_UNANSWERED_BODIES = 4;
export const MAX_UNANSWERED_BYTES = 2 * 1024 * KIB;
/** A publisher's WebSocket of which nothing is heard for so long is gone. It pings every {@link PUBLISHER_PING_MS}: proxies cut idle lines. */
export const PUBLISHER_SILENCE_MS = 60_000;
export const PUBLISHER_PING_MS = 15_000;
/** The subprotocol of one connection for several channels, which is opened at `/c`. */
export const SHARED_SUBPROTOCOL = "plotcast.shared.v1";
/** Channels that it joins at once; and what a message of its client's may have: a `join` may carry a token. */
export const MAX_SHARED_CHANNELS = 64;
export const MAX_SHARED_MESSAGE_CHARACTERS = 20 * KIB;
/** Before a token in base64url, in one more subprotocol that is offered. */
export const TOKEN_SUBPROTOCOL = "plotcast.token.";
/** Before the key of a page's cookie, in the same way. */
export const SESSION_SUBPROTOCOL = "plotcast.session.";
/** The header with that key, where a page can set one. */
export const SESSION_HEADER = "Plotcast-Session";
export const FRAME_TYPE = "application/vnd.plotcast.frame";
/** What a publisher says of itself: that it is here, or that it is gone. */
export const PRESENCE_TYPE = "application/vnd.plotcast.presence+json";

/** What everybody should see of a channel, as its owner wants it. */
export const ARRANGEMENT_TYPE = "application/vnd.plotcast.arrangement";

/** A page puts its token into a cookie, or takes it out. */
export const SESSION_TYPE = "application/vnd.plotcast.session+json";
/** A link for others to watch a channel is asked for. */
export const SHARE_TYPE = "application/vnd.plotcast.share+json";

/** A header of the Worker's own answers, lower case: an answer without a body is known by it. */
export const PLOTCAST_HEADER = { name: "plotcast", value: "1" } as const;

/** The largest request body, of any type, that a publish may have. */
export const MAX_BODY_BYTES = 1024 * KIB;
export const MAX_PRESENCE_BYTES = 1 * KIB;
/** Of an arrangement that is stored for everybody: each viewer gets it. */
export const MAX_ARRANGEMENT_BYTES = 16 * KIB;
export const MAX_SESSION_BYTES = 1 * KIB;
export const MAX_SHARE_BYTES = 1 * KIB;
/** Of a named token that is to be made. */
export const MAX_RIGHTS_BYTES = 16 * KIB;
/** Points of one request body. In a compact encoding, or as JSON, its bytes could have many times more. */
export const MAX_BODY_POINTS = 131_072;
/** What the frames that are made of one body of JSON may take: its series' names are often far shorter there. */
export const MAX_POINTS_BYTES = 8 * MAX_BODY_BYTES;
/**
 * The largest single frame. Half of what may wait for one viewer, so that a frame always fits a
 * socket that has drained; a publish of more carries several frames in one body.
 */
export const MAX_FRAME_BYTES = 128 * KIB;
/** Series of one table; a wider message is written as several tables. */
export const MAX_COLUMNS = 256;
export const MAX_SERIES_NAME_BYTES = 256;
/** Labels of one series in one frame. */
export const MAX_LABELS = 256;
export const MAX_LABEL_BYTES = 256;
export const MAX_GAP_REASON_BYTES = 64;
export const MAX_CHANNEL_NAME_LENGTH = 128;
export const MAX_NESTING = 8;

/** What may wait, unread, for one viewer before its frames are skipped. */
export const VIEWER_BUFFER_BYTES = 256 * KIB;
/** What one step of catching up sends before it waits for the viewer to ask on. */
export const CATCH_UP_BYTES = 128 * KIB;
/** What a viewer that joins may get of the store at most, whatever it asks for. */
export const MAX_TAIL_BYTES = 8 * 1024 * KIB;
/** A publisher talks in a channel's room by POST. */
export const ROOM_TYPE = "application/vnd.plotcast.room+json";
/** The subprotocol of those who talk in a channel's room. */
export const ROOM_SUBPROTOCOL = "plotcast.room.v1";
/** Controls of one channel, and what their declarations take. */
export const MAX_CONTROLS = 256;
export const MAX_CONTROLS_BYTES = 64 * KIB;
/** Of a text that is set, and of each text of a declaration. */
export const MAX_CONTROL_TEXT_BYTES = 1 * KIB;
/** A `call` that says nothing expires after so long, and none is kept longer than the second. */
export const DEFAULT_CALL_EXPIRES_MS = 5_000;
export const MAX_CALL_EXPIRES_MS = 60_000;
/** A program that has a `set` and does not answer for so long. */
export const SET_ANSWER_MS = 30_000;
/** Participants of one room, and those of them that are left to publishers and to whoever has a token. */
export const MAX_PARTICIPANTS = 1_000;
export const RESERVED_PARTICIPANTS = 100;
/** What a participant may say: in one message (a publisher's declaration apart), so many at once and so many each second. */
export const MAX_ROOM_MESSAGE_BYTES = 16 * KIB;
export const ROOM_MESSAGES_AT_ONCE = 100;
export const ROOM_MESSAGES_PER_SECOND = 50;
/** A publisher answers each command twice, whoever sent it; and a bridge says up to 1,000 messages at once after a reconnect. */
export const PUBLISHER_MESSAGES_AT_ONCE = 2_000;
export const PUBLISHER_MESSAGES_PER_SECOND = 500;
/** Notes of one channel; beyond, the oldest go. */
export const MAX_NOTES = 500;
export const MAX_PERSON_NAME_LENGTH = 40;
/** Names that a room tells of. */
export const MAX_PEOPLE = 200;
export const MAX_ANNOUNCEMENT_LENGTH = 280;

/** A Durable Object holds 32,768 sockets at most; the rest is for those still closing. */
export const MAX_VIEWERS = 32_000;
export const MAX_VIEWER_MESSAGE_BYTES = 1 * KIB;
/** Of one that renews a token, which alone may have 4,096 characters; JSON writes some of them as two. */
export const MAX_RENEW_BYTES = 8 * KIB;
/** So long before its token expires a viewer is told so. */
export const EXPIRY_WARNING_MS = 30_000;
/** A viewer may send this many messages at once, and as many again each second. */
export const VIEWER_MESSAGES_PER_SECOND = 200;

/** Series that a `hello` lists; a channel may have more, which its frames then name. */
export const MAX_SERIES_LISTED = 4096;
/** Of `max_rate`. With less, what is taken in minutes would have to be read at once; with more, there is nothing to be left out. */
export const MIN_RATE = 1;
export const MAX_RATE = 1000;
/** What their names may take, so that a `hello` is no burden. */
export const MAX_SERIES_LISTED_BYTES = 64 * KIB;
/** Publishers of which the Channel remembers the last sequence number after their frames are gone, and the presence. */
export const MAX_PUBLISHERS = 1000;
/** A publisher of which nothing is heard for so long is gone: its bridge may have been killed, and says nothing then. */
export const PRESENCE_EXPIRES_MS = 150_000;
/** Frames whose gaps the Channel remembers one by one after they are gone; those of older ones are merged. */
export const MAX_TRIMMED_GAPS = 1024;

/** A viewer of which nothing is heard for so long is gone. Browsers let a hidden page's timers run once a minute. */
export const MAX_SILENCE_MS = 5 * 60_000;

/** Reconnections that a small machine takes in its stride: what spreads a herd. */
export const RECONNECTS_PER_SECOND = 200;

/** WebSocket close codes of our own (RFC 6455 leaves 4000–4999 to applications). */
export const CloseCode = {
  /** A message that is not one of {@link ViewerMessage}. */
  badMessage: 4400,
  /** The token has expired, or the one to renew it with was refused: come back with another. */
  tokenExpired: 4401,
  /** The token was revoked, or has no right here any more. */
  notPermitted: 4403,
  /** Read nothing for {@link MAX_SILENCE_MS}, sent no ping for as long though it did before, or left no room for what it is told. */
  gone: 4408,
  /** A publisher's connection has done enough: it opens another at once. Nothing that was not answered was taken. */
  comeBack: 4412,
  /** More than {@link VIEWER_MESSAGES_PER_SECOND}; of a publisher more than {@link MAX_UNANSWERED_BODIES}. */
  tooManyMessages: 4429,
} as const;

/** The text a viewer sends to see whether the line is alive, and its answer; neither wakes the Channel. */
export const PING = "ping";
export const PONG = "pong";
/** The answer to a ping that is JSON, as clients send that cannot send anything else. It does wake the Channel. */
export const JSON_PONG = '{"type":"pong"}';
