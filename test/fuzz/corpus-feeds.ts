import { gunzipSync } from "node:zlib";
import { dvs, HEARTBEAT, kv6, onRoute, PREFIXED } from "../support/ndov.ts";
import { type Sample, sample } from "./sample.ts";

/** Made with Python's simplejson and zlib: test/unit/bridge/presets/eddn.test.ts. */
const SHIPYARD = Buffer.from(
  "eJx9ULFOwzAU/JXIYqSJ46Zpk5mlAwxQMRQYXuPXxiKxI9shhKr/jl+qql1Ans539969O7I7V9XYwjPuWRmx2vvOlUmCUuoYZSVjZZKzwiWuVt0I" +
    "ViaC3QcpgkQbTEd2gBZ3vWokjbBilRdpnlgekYy4L7ROGU1sFvPw0myRnkmPA4wb1aLz0HakEFyIGS9mYrnheTkvyix4UjHPFluyOLP3A1h8CnNJ" +
    "/jhG+F1h06D2EXTdreb1unfaSlzfNYaCrx+m72lwvlwVsKsk7v/C7BSsIaSDA04n18aqH6NdAN72SCzYT/Rr6iAN0MjRORyvPLVH8jcGGiqjJUxR" +
    "lcRBaWryg6AHHxJfjtua955z3E3K0XlsL8yLaejT/9/cfMtOp1+3KJFg",
  "base64",
);

export const FEEDS: readonly Sample[] = [
  sample("eddn", SHIPYARD),
  sample("ndov", "/CXX/KV6posinfo", HEARTBEAT),
  sample("ndov", "/CXX/KV6posinfo", PREFIXED),
  sample("ndov", "/CXX/KV6posinfo", gunzipSync(PREFIXED)),
  sample("ndov", "/RIG/KV6posinfo", kv6(onRoute("HTM", 1, -31), onRoute("HTM", 2, 0), onRoute("RET", 1, 240))),
  sample("ndov", "/RIG/InfoPlusDVSInterface4", dvs("NS", "PT1M3S")),
  sample("ndov", "/RIG/InfoPlusDVSInterface4", gunzipSync(dvs("NS", "PT1M3S"))),
  sample("ndov", "/RIG/KV15messages", "not looked at"),
  sample("misp", 'misp_json_self {"status":"I\'m doing science and I\'m still alive.","uptime":1234}'),
  sample("misp", 'misp_json_attribute {"Attribute":{"id":"12","type":"ip-dst","value":"192.0.2.1"},"action":"add"}'),
  sample("misp", 'misp_json {"Event":{"id":"3","info":"Größe","Attribute":[]}}'),
];
