import { expect, test } from 'vitest';
import { VirtualClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { monotonicMs } from '../src/base/time.ts';
import { nodeKey } from '../src/model/ids.ts';
import { SignalsLoop } from '../src/signalsloop.ts';
import { VIRTUAL_START } from '../src/simulate/devices.ts';
import { demoSite } from './demosite.ts';

const site = demoSite();
const lamped = nodeKey(site.road.signalGroups[0]!.node);

/** The signals loop alone: no controller speaks. */
class Lone {
  readonly clock = new VirtualClock(VIRTUAL_START.monoMs, VIRTUAL_START);
  readonly sent: string[] = [];
  readonly loop;
  #tick = 0;

  constructor() {
    const port = { onMessage: () => undefined, send: () => undefined };
    this.loop = new SignalsLoop({
      site, clock: this.clock, log: silentLog, hub: { port: () => port } as never, boot: 1, seed: 1,
      send: ({ message }) => this.sent.push(Buffer.from(message.bytes).toString('hex')),
      view: () => undefined,
    });
  }

  /** Runs for a while; gives what the gate says of traffic and lamps at the end. */
  run(ms: number): string[] {
    for (let leftMs = ms; leftMs > 0; leftMs -= 100) {
      const dueMs = monotonicMs(this.clock.nowMs() + 100);
      this.clock.advanceTo(dueMs);
      this.loop.tick({ tick: ++this.#tick, dueMs, beganMs: dueMs });
    }
    const { reasons } = this.loop.levels().find(({ node }) => node === lamped)!;
    return reasons.filter((reason) => reason.startsWith('R24'));
  }

  advise(words: Readonly<Record<string, string>>): void {
    this.loop.advise(words, this.clock.nowMs());
  }
}

test('the gate tells that traffic speaks against the lamps, for as long as somebody says so (R24)', () => {
  const lone = new Lone();
  expect(lone.run(300)).toEqual([]);
  lone.advise({ [lamped]: '3/11 red' });
  expect(lone.run(100)).toEqual(['R24 lamps against traffic: expected agreement, got 3/11 red']);
  expect(lone.run(2800)).toHaveLength(1);
  expect(lone.run(300), 'who said it is gone').toEqual([]);
  lone.advise({ [lamped]: '3/11 red' });
  expect(lone.run(100)).toHaveLength(1);
  lone.advise({});
  expect(lone.run(100)).toEqual([]);
});

test('advice changes no octet that leaves, is bounded, and is kept for its own nodes alone', () => {
  const [one, other] = [new Lone(), new Lone()];
  one.run(300);
  other.run(300);
  one.advise({ [lamped]: 'x'.repeat(5000), '9-9': 'elsewhere' });
  expect(one.run(100)[0]!.length).toBeLessThan(300);
  other.run(100);
  one.run(1000);
  other.run(1000);
  expect(one.sent).toEqual(other.sent);
  expect(one.sent.length).toBeGreaterThan(0);
  expect(JSON.stringify(one.loop.snapshot())).not.toContain('elsewhere');
  other.loop.restore(structuredClone(one.loop.snapshot()));
  expect(other.run(100)).toHaveLength(1);
  one.advise({ [lamped]: 7 as never });
  expect(one.run(100)).toEqual([]);
});
