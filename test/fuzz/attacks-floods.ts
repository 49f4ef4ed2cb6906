/** Names without end. */
import type { Attack } from "./attack.ts";
import { hex } from "./sample.ts";
import type { TargetConfig } from "./target.ts";
import { TARGETS, targetNamed } from "./targets.ts";

const MIB = 1024 * 1024;
const named = (...names: string[]) => names.map(targetNamed);
const VALUES = named("auto", "auto, mapped", "auto, choosy", "auto, numbered", "json", "csv", "delimited");
const of = (pattern: RegExp): TargetConfig[] => TARGETS.filter(({ name }) => pattern.test(name));

/** @param size 1 is a million names */
export function FLOODS(size: number): readonly Attack[] {
  const many = Math.round(1_000_000 * size);
  const some = Math.round(1500 * size);
  const long = "n".repeat(200);
  return [
    {
      name: "new series",
      targets: named("auto", "auto, mapped"),
      maxGrowthBytes: 96 * MIB,
      *messages() {
        for (let i = 0; i < many; i += 4) {
          yield [Buffer.from(`{"k${i}":1,"k${i + 1}":2,"a":{"k${i + 2}":3},"state":"s${i}","k${i + 3}":true}`)];
        }
      },
    },
    {
      name: "new topics",
      targets: [...VALUES, ...of(/^(?:f32|payload,payload|msgpack)/)],
      maxGrowthBytes: 96 * MIB,
      *messages() {
        for (let i = 0; i < many / 20; i++) {
          yield [Buffer.from(`a/topic/${i}/${i % 100}`), Buffer.from('{"y":1}')];
          if (i % 2 === 0) yield [Buffer.from(`a/word/that/is/new/${i}| {"y":1}`)];
          if (i % 2 === 1) yield [Buffer.from(`${i}/topic`), hex("0000803f00000040")];
        }
      },
    },
    {
      name: "long names that are none, of which nothing may be kept",
      targets: [...VALUES, ...of(/^preset/)],
      *messages() {
        for (let i = 0; i < some; i++) {
          const name = `${i}${long.repeat(40)}`;
          yield [Buffer.from(`{"${name}":1,"header":{"${name}":true}}`)];
          yield [Buffer.from(name), Buffer.from('{"y":1}')];
          yield [Buffer.from(`${name},t\n1,2`)];
          yield [Buffer.from(`${i}`), Buffer.from(`${name},t\n`)];
          yield [
            Buffer.from(`{"htype":"bsr_m-1.1","hash":"${name}"}`),
            Buffer.from(`{"htype":"bsr_d-1.1","channels":[{"name":"${name}"}]}`),
            Buffer.alloc(8, 1),
            Buffer.alloc(0),
          ];
          yield [Buffer.from("DATA\0"), ...openephys(name, `s${i}`)];
          yield [Buffer.from("DATA\0"), ...openephys(`c${i}`, name)];
          yield [Buffer.from(` start {"uid":"${name}","time":1}`)];
          yield [Buffer.from(` descriptor {"uid":"${i}","name":"${name}","data_keys":{"${name}":{"units":"s"}}}`)];
          yield [Buffer.from("/A/KV6posinfo"), kv6(`o${i % 5}`, name)];
          yield [Buffer.from("/A/KV6posinfo"), kv6(name, `${i}`)];
        }
      },
    },
    {
      name: "short names in long messages, which must not keep these",
      targets: [...VALUES, ...of(/^preset (?:ndov|bluesky|plotjuggler)/)],
      *messages() {
        const filler = long.repeat(250);
        for (let i = 0; i < some / 2; i++) {
          yield [Buffer.from(`topic/that/is/new/${i}| {"y":1,"z":"${filler}"}`)];
          yield [Buffer.from(`topic/that/is/new/${i} {"y":1,"z":"${filler}"}`)];
          yield [Buffer.from(`a${i}`), Buffer.from(`a column that is new ${i},b\n1,2\n${"1,2\n".repeat(2000)}`)];
          yield [Buffer.from(`{"state":"${i}${filler}","message":"${i}${filler}"}`)];
          yield [Buffer.from("/A/KV6posinfo"), kv6(`an owner that is new ${i}`, `a journey that is new ${i}`, filler)];
        }
      },
    },
    {
      name: "binary of which nobody knows what it is, on new topics",
      targets: named("auto", "auto, mapped"),
      maxGrowthBytes: 80 * MIB,
      *messages() {
        const bytes = Buffer.alloc(200_000, hex("c1ff00f7"));
        for (let i = 0; i < some / 3; i++) yield [Buffer.from(`b/${i}`), Buffer.from(bytes)];
      },
    },
  ];
}

function openephys(channel: string, stream: string): Buffer[] {
  const header = `{"type":"data","content":{"stream":"${stream}","channel_name":"${channel}","num_samples":1,"sample_num":1,"sample_rate":1000}}`;
  return [Buffer.from(header), Buffer.alloc(4)];
}

function kv6(owner: string, journey: string, filler = ""): Buffer {
  return Buffer.from(
    `<VV_TM_PUSH><KV6posinfo><DELAY><dataownercode>${owner}</dataownercode><journeynumber>${journey}</journeynumber>` +
      `<punctuality>5</punctuality></DELAY></KV6posinfo><!--${filler}--></VV_TM_PUSH>`,
  );
}
