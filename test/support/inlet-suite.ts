import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crc32 } from "node:zlib";
import type { SourceConfig } from "../../bridge/config/config.ts";
import { sourceOf } from "../../bridge/config/defaults.ts";
import { createLog } from "../../bridge/observability/log.ts";
import type { Inlet, InletKind, InletMessage } from "../../bridge/sources/inlet.ts";
import { waitFor } from "./wait.ts";

/** What publishes to an inlet. */
export interface SuitePublisher {
  /** The first of several frames is the topic, where the transport has one beside the payload. */
  send(frames: readonly Buffer[]): Promise<void>;
  leave(): void;
}

export interface InletCase {
  kind: InletKind;
  config: SourceConfig;
  /** Whether it sees who publishes. A broker does not say. True by default. */
  seesPublishers?: boolean;
  /** Somebody who publishes to it, and whose messages come from now on. */
  publish(inlet: Inlet): Promise<SuitePublisher>;
}

/** What every inlet does, whatever it reads: to be run for each kind of source. */
export function inletSuite({ kind, config, publish, seesPublishers = true }: InletCase): void {
  const textOf = ({ topic, frames }: InletMessage): string =>
    [...(topic === undefined ? [] : [topic]), ...frames].map(String).join("|");
  const needsPublishers = seesPublishers ? {} : { skip: "its publishers are not seen" };
  const open = async ({ knowsOrigins = false } = {}) => {
    const messages: InletMessage[] = [];
    const seen = { publishers: 0, gone: 0, back: 0 };
    let now = 1000;
    const inlet = await kind.open({
      config,
      log: createLog("text", "silent"),
      unixSeconds: () => ++now,
      knowsOrigins,
      listener: {
        onMessage: (message) => messages.push(message),
        onPublishers: (connected) => {
          seen.publishers = connected;
        },
        onPublisherGone: () => seen.gone++,
        onPublisherMissed: () => undefined,
        onPublisherBack: () => seen.back++,
      },
    });
    return { inlet, messages, seen };
  };

  describe(`the inlet ${kind.name}`, () => {
    it("[BR23] reads sources of its own kind", () => {
      assert.equal(kind.reads(sourceOf(config)), true);
    });

    it("[BR23] gives each message once and in order, its frames as they were sent, with the time of its arrival", async () => {
      const { inlet, messages } = await open();
      try {
        const publisher = await publish(inlet);
        for (let i = 0; i < 500; i++) await publisher.send([Buffer.from("topic"), Buffer.from(String(i))]);
        await waitFor("all messages", () => messages.length === 500);
        assert.deepEqual(
          messages.map(textOf),
          Array.from({ length: 500 }, (_, i) => `topic|${i}`),
        );
        assert.ok(messages.every(({ arrivedAt }, i) => i === 0 || arrivedAt > (messages[i - 1]?.arrivedAt ?? 0)));
        assert.ok(messages.every(({ origin }) => origin === undefined));
        publisher.leave();
      } finally {
        await inlet.close();
      }
    });

    it(
      "[BR15] tells how many publishers there are, who went, and who came where one had gone",
      needsPublishers,
      async () => {
        const { inlet, seen } = await open();
        try {
          const first = await publish(inlet);
          await waitFor("the first", () => seen.publishers === 1);
          const second = await publish(inlet);
          await waitFor("both", () => seen.publishers === 2);
          assert.deepEqual([seen.gone, seen.back], [0, 0]);
          first.leave();
          await waitFor("one gone", () => seen.gone === 1 && seen.publishers === 1);
          const third = await publish(inlet);
          await waitFor("one back", () => seen.back === 1 && seen.publishers === 2);
          second.leave();
          third.leave();
          await waitFor("all gone", () => seen.gone === 3 && seen.publishers === 0);
        } finally {
          await inlet.close();
        }
      },
    );

    it("[BR16] says by what a message is known again, where that is asked for", needsPublishers, async () => {
      const { inlet, messages } = await open({ knowsOrigins: true });
      try {
        const first = await publish(inlet);
        const second = await publish(inlet);
        for (let i = 0; i < 20; i++) {
          await first.send([Buffer.from("a"), Buffer.from(String(i))]);
          await second.send([Buffer.from("b"), Buffer.from(String(i))]);
        }
        await waitFor("all messages", () => messages.length === 40);
        for (const { frames, origin } of messages) assert.equal(origin?.checksum, crc32(Buffer.concat(frames)));
        const pathsOf = (topic: string) =>
          new Set(messages.filter(({ frames }) => String(frames[0]) === topic).map((m) => m.origin?.arrivalPath.path));
        assert.deepEqual([pathsOf("a").size, pathsOf("b").size], [1, 1]);
        assert.notDeepEqual(pathsOf("a"), pathsOf("b"));
        first.leave();
        second.leave();
      } finally {
        await inlet.close();
      }
    });

    it("[BR17] counts events of its kind and no others, in whole numbers", needsPublishers, async () => {
      const { inlet, seen } = await open();
      try {
        const publisher = await publish(inlet);
        await waitFor("a publisher", () => seen.publishers === 1);
        assert.deepEqual(Object.keys(inlet.counters).sort(), Object.keys(kind.events).sort());
        assert.ok(Object.values(inlet.counters).every((count) => Number.isSafeInteger(count) && count >= 0));
        assert.ok(
          Object.values(inlet.counters).some((count) => count > 0),
          "a publisher has come",
        );
        for (const meaning of Object.values(kind.events)) assert.match(meaning, /^[A-Z].*\.$/);
        publisher.leave();
      } finally {
        await inlet.close();
      }
    });

    it("[BR15] goes on after its connections are renewed, at the same addresses", async () => {
      const { inlet, messages } = await open();
      try {
        const { addresses, bound, connected } = inlet;
        assert.deepEqual([...bound, ...connected], addresses);
        inlet.renew();
        assert.equal(inlet.state, "open");
        assert.deepEqual(inlet.addresses, addresses);
        const publisher = await publish(inlet);
        await publisher.send([Buffer.from("after")]);
        await waitFor("the message", () => messages.length === 1);
        publisher.leave();
      } finally {
        await inlet.close();
      }
    });

    it("[BR10] ends in order when it is closed, and tells nothing after that", async () => {
      const { inlet, messages, seen } = await open();
      const publisher = await publish(inlet);
      for (let i = 0; i < 100; i++) await publisher.send([Buffer.from(String(i))]);
      await waitFor("the first message", () => messages.length > 0);
      await inlet.close();
      await inlet.done;
      assert.equal(inlet.state, "closed");
      const before = [messages.length, { ...seen }];
      assert.ok(messages.every((message, i) => textOf(message) === String(i)));
      await publisher.send([Buffer.from("late")]);
      publisher.leave();
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual([messages.length, seen], before);
    });
  });
}
