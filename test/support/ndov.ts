/**
 * Messages of NDOV Loket. Envelope and payload are what StichtingOpenGeo/universal universal-pubsub.c passes on. KV6 is
 * built as StichtingOpenGeo/Koppelvlakken kv6/kv6-zmq.py reads it and as operators send it, with a prefix and without:
 * captured messages are in william-sy/ovapi tests/test_kv6.py. InfoPlus DVS is as in rijdendetreinen/gotrain
 * parsers/testdata/departure_delay.xml, shortened.
 */
import { gzipSync } from "node:zlib";

/** Gzipped by Python, with the byte order mark that some operators send: VV_TM_PUSH without KV6posinfo. */
export const HEARTBEAT = Buffer.from(
  "H4sIAAAAAAACA1WPTWrDMBBGr2K0LZYmIjjGjBUoKTSUpgWr3obYVVKRaGQ8SujduuiReoUaSv+2j8f7+D7e3nH5Gk7ZxY3sI9ViJkFkjvr47OlQ" +
    "i3Pa56VYGmzbrb3fPj41t9nkE9fiJaWhUqrzHEn2kcgdk6STSsGX6ngpVOCDMNicO+5H37lxvTL2prGo/iFsv6bN9bp52GSlnEktAdU3xlVk9m7c" +
    "7IIzd20xRPa0j6j+crQ+OE67MBgNushhkcPcaqjmiwrKK9AVTMlfacr//DGff166cQUBAAA=",
  "base64",
);

function event(kind: string, fields: Record<string, string | number>, prefix = ""): string {
  const leaves = Object.entries(fields).map(([name, text]) => `<${prefix}${name}>${text}</${prefix}${name}>`);
  return `<${prefix}${kind}>${leaves.join("")}</${prefix}${kind}>`;
}

export function onRoute(owner: string, journey: number, punctuality: number): string {
  return event("ONROUTE", {
    dataownercode: owner,
    lineplanningnumber: "U028",
    operatingday: "2026-07-04",
    journeynumber: journey,
    reinforcementnumber: 0,
    userstopcode: "50000203",
    passagesequencenumber: 0,
    timestamp: "2026-07-04T20:47:07.946+02:00",
    source: "VEHICLE",
    vehiclenumber: 9848,
    punctuality,
    distancesincelastuserstop: 541,
    "rd-x": 136107,
    "rd-y": 456101,
  });
}

export function kv6(...events: string[]): Buffer {
  return gzipSync(
    '<?xml version="1.0" encoding="utf-8"?><VV_TM_PUSH xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ' +
      'xmlns="http://bison.connekt.nl/tmi8/kv6/msg"><SubscriberID>TEST</SubscriberID><Version>BISON 8.1.2.0</Version>' +
      "<DossierName>KV6posinfo</DossierName><Timestamp>2026-07-04T20:47:08.95+02:00</Timestamp>" +
      `<KV6posinfo>${events.join("")}</KV6posinfo></VV_TM_PUSH>`,
  );
}

export const PREFIXED = gzipSync(
  '<?xml version="1.0" encoding="UTF-8"?>\n<tmi8:VV_TM_PUSH xmlns:tmi8="http://bison.connekt.nl/tmi8/kv6/msg">' +
    "<!-- <a> --><tmi8:SubscriberID>A &amp; B</tmi8:SubscriberID><tmi8:KV6posinfo><tmi8c:delimiter/>" +
    event("ARRIVAL", { dataownercode: "CXX", lineplanningnumber: 1, journeynumber: 7, punctuality: "-31" }, "tmi8:") +
    event("INIT", { dataownercode: "CXX", lineplanningnumber: 1, journeynumber: 8 }, "tmi8:") +
    "</tmi8:KV6posinfo><tmi8:KV6posinfo>" +
    event("DELAY", { dataownercode: "<![CDATA[CXX]]>", journeynumber: 9, punctuality: " 61 " }, "tmi8:") +
    "</tmi8:KV6posinfo></tmi8:VV_TM_PUSH>",
);

export function dvs(operator: string, delay: string, train = "547"): Buffer {
  return gzipSync(
    '<?xml version="1.0" encoding="UTF-8"?>\n<ns1:PutReisInformatieBoodschapIn ' +
      'xmlns:ns1="urn:ndov:cdm:trein:reisinformatie:messages:5" xmlns:ns2="urn:ndov:cdm:trein:reisinformatie:data:4">' +
      '<ns2:ReisInformatieProductDVS TimeStamp="2018-09-04T11:14:33.713Z" Versie="6.2"><ns2:DynamischeVertrekStaat>' +
      `<ns2:RitId>${train}</ns2:RitId><ns2:RitStation><ns2:StationCode>RTA</ns2:StationCode></ns2:RitStation><ns2:Trein>` +
      `<ns2:TreinNummer>${train}</ns2:TreinNummer><ns2:TreinSoort Code="IC">Intercity</ns2:TreinSoort>` +
      `<ns2:Vervoerder>${operator}</ns2:Vervoerder>` +
      '<ns2:VertrekTijd InfoStatus="Gepland">2018-09-04T11:13:00.000Z</ns2:VertrekTijd>' +
      `<ns2:ExacteVertrekVertraging>${delay}</ns2:ExacteVertrekVertraging><ns2:PresentatieVertrekVertraging><ns2:Uitingen>` +
      "<ns2:Uiting>+1 min.</ns2:Uiting></ns2:Uitingen></ns2:PresentatieVertrekVertraging></ns2:Trein>" +
      "</ns2:DynamischeVertrekStaat></ns2:ReisInformatieProductDVS></ns1:PutReisInformatieBoodschapIn>",
  );
}
