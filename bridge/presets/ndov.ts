import { inflate, wrappingOf } from "../decode/inflate.ts";
import { DecodeError, type Message, type MessageReader } from "../decode/message.ts";
import { Delays } from "./ndov-delays.ts";
import { walkXml } from "./ndov-xml.ts";
import { checkSize } from "./payload.ts";
import type { Preset } from "./preset.ts";
import { Rates } from "./rates.ts";

/**
 * Dutch public transport as NDOV Loket gives it, `tcp://pubsub.besteffort.ndovloket.nl:7658` (BISON: KV6, KV15, KV17)
 * and `:7664` (NS InfoPlus): an envelope, such as `/CXX/KV6posinfo`, and gzipped XML, which its core passes on as the
 * operators send it: StichtingOpenGeo/universal, universal-pubsub.c. What is read of KV6 is in
 * StichtingOpenGeo/Koppelvlakken, kv6/kv6-zmq.py; of InfoPlus DVS, in rijdendetreinen/gotrain, parsers/.
 */
export const ndov: Preset = {
  name: "ndov",
  summary:
    "NDOV Loket: messages a minute of each envelope; how late each operator's journeys are, CXX.punctuality.median (KV6), NS.departure_delay.median (DVS)",
  create: () => new NdovReader(),
};

const ALL = "ndov";
const ENVELOPE = /^\/[\x21-\x7e]{1,100}$/;
const MAX_ENVELOPE_BYTES = 128;
const KV6 = /\/KV6posinfo$/;
const DVS = /\/InfoPlusDVSInterface\d+$/;
/** Seconds; KV6 has four digits (kv6/sql/init.sql). */
const PUNCTUALITY = /^-?\d{1,5}$/;
const DURATION = /^(-?)PT(?=\d)(?:(\d{1,3})H)?(?:(\d{1,5})M)?(?:(\d{1,6}(?:\.\d{1,9})?)S)?$/;

/** A journey is told from others of its operator by its line and number, not by the number alone. */
const JOURNEY_FIELDS = ["lineplanningnumber", "journeynumber", "reinforcementnumber"];
/** VV_TM_PUSH, KV6posinfo, the event. */
const EVENT_DEPTH = 3;

interface Delay {
  owner: string;
  journey: string;
  seconds: number;
}

class NdovReader implements MessageReader {
  readonly #rates = new Rates({ per: "minute" });
  readonly #punctuality = new Delays({ field: "punctuality", count: "journeys" });
  readonly #departures = new Delays({ field: "departure_delay", count: "departures" });

  constructor() {
    this.#rates.count(ALL, 0);
  }

  read(frames: readonly Buffer[], arrivedAt: number): Message[] {
    const [name, ...parts] = frames;
    if (name === undefined || parts.length === 0) throw wrong(`this has ${frames.length} frames`);
    const envelope = name.length <= MAX_ENVELOPE_BYTES ? name.toString("latin1") : "";
    if (!ENVELOPE.test(envelope)) throw wrong("the first frame is not such an envelope");
    if (KV6.test(envelope)) this.#readKv6(xmlOf(parts), arrivedAt);
    else if (DVS.test(envelope)) this.#readDvs(xmlOf(parts), arrivedAt);
    this.#rates.count(ALL);
    this.#rates.count(envelope);
    return [];
  }

  tick(now: number): Message[] {
    return [...this.#rates.tick(now), ...this.#punctuality.tick(now), ...this.#departures.tick(now)];
  }

  #readKv6(xml: string, arrivedAt: number): void {
    for (const { owner, journey, seconds } of punctualityIn(xml)) {
      this.#punctuality.report(owner, journey, seconds, arrivedAt);
    }
  }

  #readDvs(xml: string, arrivedAt: number): void {
    const departure = departureIn(xml);
    if (departure === undefined) return;
    this.#departures.report(departure.owner, departure.journey, departure.seconds, arrivedAt);
  }
}

/**
 * VV_TM_PUSH/KV6posinfo/ONROUTE/punctuality and the like: seconds, of which more is later. Without KV6posinfo it is a
 * heartbeat; not every event has a punctuality.
 */
function punctualityIn(xml: string): Delay[] {
  const delays: Delay[] = [];
  let root: string | undefined;
  let fields = new Map<string, string>();
  const isRead = walkXml(xml, {
    leaf([first, second, , field], text) {
      root ??= first;
      if (second === "KV6posinfo" && field !== undefined) fields.set(field, text);
    },
    close(path) {
      if (path.length !== EVENT_DEPTH) return;
      const owner = fields.get("dataownercode");
      const punctuality = fields.get("punctuality");
      if (owner !== undefined && punctuality !== undefined && PUNCTUALITY.test(punctuality)) {
        const journey = JOURNEY_FIELDS.map((field) => fields.get(field)).join(" ");
        delays.push({ owner, journey, seconds: Number(punctuality) });
      }
      fields = new Map();
    },
  });
  if (!isRead || root !== "VV_TM_PUSH") throw wrong("this is not the XML of KV6, VV_TM_PUSH");
  return delays;
}

/** PutReisInformatieBoodschapIn/ReisInformatieProductDVS/DynamischeVertrekStaat: one train at one station. */
function departureIn(xml: string): Delay | undefined {
  const fields = new Map<string, string>();
  let root: string | undefined;
  const isRead = walkXml(xml, {
    leaf([first, , third, ...rest], text) {
      root ??= first;
      if (third === "DynamischeVertrekStaat") fields.set(rest.join("/"), text);
    },
    close() {},
  });
  if (!isRead || root !== "PutReisInformatieBoodschapIn") {
    throw wrong("this is not the XML of InfoPlus DVS, PutReisInformatieBoodschapIn");
  }
  const owner = fields.get("Trein/Vervoerder");
  const seconds = secondsOf(fields.get("Trein/ExacteVertrekVertraging") ?? "");
  if (owner === undefined || seconds === undefined) return undefined;
  return { owner, journey: `${fields.get("RitId")} ${fields.get("RitStation/StationCode")}`, seconds };
}

/** As gzip, or plain: what operators send is passed on as it is. @throws DecodeError */
function xmlOf(parts: readonly Buffer[]): string {
  checkSize(parts);
  const [first] = parts;
  const payload = first !== undefined && parts.length === 1 ? first : Buffer.concat(parts);
  const wrapping = wrappingOf(payload);
  if (wrapping !== undefined) return inflate(payload, wrapping).toString();
  const text = payload.toString();
  if (!/^\uFEFF?\s*</.test(text)) throw wrong("the second frame is neither gzip nor XML");
  return text;
}

/** `PT1M3S`, of ISO 8601. */
function secondsOf(duration: string): number | undefined {
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = DURATION.exec(duration) ?? [];
  if (sign === undefined) return undefined;
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === "-" ? -total : total;
}

function wrong(what: string): DecodeError {
  return new DecodeError(
    "envelope-wrong",
    `--preset ndov expects NDOV Loket's two frames, an envelope such as /CXX/KV6posinfo and gzip; ${what}.`,
  );
}
