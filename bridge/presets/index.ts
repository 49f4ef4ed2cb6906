import { bitcoin } from "./bitcoin.ts";
import { bluesky } from "./bluesky/bluesky.ts";
import { bsread } from "./bsread/bsread.ts";
import { eddn } from "./eddn.ts";
import { gnuradio } from "./gnuradio/gnuradio.ts";
import { jupyter } from "./jupyter/jupyter.ts";
import { leco } from "./leco.ts";
import { misp } from "./misp.ts";
import { monero } from "./monero.ts";
import { ndov } from "./ndov.ts";
import { openephys } from "./openephys/openephys.ts";
import { otlp } from "./otlp.ts";
import { plotjuggler } from "./plotjuggler.ts";
import type { Preset } from "./preset.ts";
import { pupil } from "./pupil/pupil.ts";
import { rosbridge } from "./rosbridge.ts";
import { senml } from "./senml.ts";
import { signalk } from "./signalk.ts";

/** All there are, in the order in which they are told to people. */
export const presets: readonly Preset[] = [
  plotjuggler,
  gnuradio,
  openephys,
  pupil,
  bluesky,
  bsread,
  leco,
  jupyter,
  rosbridge,
  senml,
  signalk,
  otlp,
  bitcoin,
  monero,
  eddn,
  ndov,
  misp,
];

const byName = new Map(presets.map((preset) => [preset.name, preset]));

export function presetNamed(name: string): Preset | undefined {
  return byName.get(name);
}
