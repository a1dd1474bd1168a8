import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { SystemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { plusMs } from '../src/base/time.ts';
import { LINK_START, LinkThreads } from '../src/linkthreads.ts';
import type { FromLink, StartLink, ToLink } from '../src/linkthreads.ts';
import { rsuId } from '../src/model/ids.ts';
import type { AirMessage } from '../src/model/message.ts';
import type { RsuSettings, Site } from '../src/model/site.ts';
import { startMqttRsuSimulator } from '../src/rsu/mqttsimulator.ts';
import { startThread } from '../src/runtime/threads.ts';
import type { ChildHandle } from '../src/runtime/threads.ts';
import { codecFor } from '../v2x/codec.ts';
import { freePort, startAedes } from './cloud/brokers.ts';
import { demoSite } from './demosite.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const clock = new SystemClock(10);
const unit = (id: string, port: number): RsuSettings => ({
  ...demoSite().rsus[0]!, id: rsuId(id), link: 'mqtt-carrier', port, unitSerial: id.padEnd(8, '0'),
});
const siteWith = (...rsus: RsuSettings[]): Site => ({ ...demoSite(), rsus });
const bytes = codecFor('A').encode({
  rsiFrame: { msgCnt: 1, id: '0000000000000000', refPos: { lat: 0, long: 0 } },
});
const message = (): AirMessage => ({
  bytes, type: 'RSI', profile: 'A', aid: 3620, priority: 48,
  validUntilMs: plusMs(clock.nowMs(), 5000), rsuIds: [], node: { region: 0, id: 1 },
});
const more = { anchor: clock.anchor, logJson: false };
const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 10));
};

/** The threads of the build. */
const built: StartLink = (start, options) =>
  startThread<FromLink, ToLink>(
    fileURLToPath(new URL('../dist/src/linkthread.js', import.meta.url)), [],
    { ...options, execArgv: [], env: { [LINK_START]: JSON.stringify(start) } },
  );

test('real threads serve two units: one away neither delays nor silences the other', async () => {
  const broker = await startAedes();
  closers.push(() => broker.close());
  const [here, away] = [unit('here', broker.port), unit('away', await freePort())];
  const heard: { serial: string }[] = [];
  const simulator = await startMqttRsuSimulator({
    settings: here, clock, decode: (octets) => codecFor('A').decode(octets),
    heard: (one) => void heard.push(one),
  });
  closers.push(() => simulator.close());
  const threads = new LinkThreads(siteWith(here, away), more, clock, silentLog, built);
  closers.push(() => threads.stop());
  const state = (id: string) => threads.status().find((one) => one.id === id)!;
  await until(() => state('here').fault === null && state('away').fault !== 'starting');
  for (let turn = 0; turn < 20; turn++) {
    threads.send({ rsuIds: ['here', 'away'], message: message(), sinceMs: clock.nowMs() });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await until(() => state('here').sent['rsu_sent_RSI'] === 20);
  expect(heard).toHaveLength(20);
  expect(heard[0]!.serial).toBe('here0000');
  expect(state('away').fault).toContain('ECONNREFUSED');
  expect(state('away').sent['rsu_sent_RSI']).toBeUndefined();
  await until(() => (state('away').sent['rsu_replaced_RSI'] ?? 0) >= 19);
  expect(state('here').ages!.reduce((sum, count) => sum + count, 0)).toBe(20);
});

test('a thread that does not take is filled to a bound and then named, and its counts outlive it', () => {
  const sent: ToLink[] = [];
  let tell = (_message: FromLink): void => undefined;
  let enter = (_state: never): void => undefined;
  let state = 'running';
  const handle = {
    send: (one: ToLink) => (sent.push(one), true),
    onMessage: (handler: typeof tell) => void (tell = handler),
    onState: (handler: typeof enter) => void (enter = handler),
    status: () => ({ state, lastEnd: 'mistake' }),
  } as unknown as ChildHandle<FromLink, ToLink>;
  const threads = new LinkThreads(siteWith(unit('one', 1)), more, clock, silentLog, () => handle);
  const offer = (): void => threads.send({ rsuIds: ['one'], message: message(), sinceMs: 0 });
  for (let turn = 0; turn < 70; turn++) offer();
  expect(sent).toHaveLength(64);
  expect(threads.status()[0]!.sent).toEqual({ rsu_queue_full_RSI: 6 });
  tell({ kind: 'taken', messages: 1 });
  offer();
  expect(sent).toHaveLength(65);
  tell({ kind: 'status', status: { id: 'one', sent: { rsu_sent_RSI: 9 }, lastSentMs: 5, fault: null } });
  expect(threads.status()[0]).toMatchObject({ fault: null, sent: { rsu_sent_RSI: 9 } });
  state = 'waiting';
  enter({ state } as never);
  expect(threads.status()[0]).toMatchObject({
    fault: 'mistake', sent: { rsu_sent_RSI: 9, rsu_queue_full_RSI: 6 },
  });
});

test('a site whose units are all datagrams starts no thread', () => {
  const threads = new LinkThreads(demoSite(), more, clock, silentLog, () => {
    throw new Error('a thread was started');
  });
  expect(threads.status()).toEqual([]);
});
