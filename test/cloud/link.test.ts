import mqtt from 'mqtt';
import { afterEach, describe, expect, test } from 'vitest';
import { SystemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import { CloudLink } from '../../src/cloud/link.ts';
import type { WaitingRecord } from '../../src/cloud/link.ts';
import { cloudId } from '../../src/model/ids.ts';
import type { CloudSettings } from '../../src/model/site.ts';
import type { CityMessage } from '../../src/model/stages.ts';
import { freePort, noMosquitto, startAedes, startMosquitto } from './brokers.ts';
import type { TestBroker } from './brokers.ts';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const run of cleanUp.splice(0).reverse()) await run();
});

const settings = (url: string): CloudSettings => ({
  id: cloudId('city'),
  url,
  rscuSerial: 'BOX1',
  username: null,
  passwordEnv: null,
  caFile: null,
  certFile: null,
  keyFile: null,
  encoding: 'json',
  liveHz: 10,
  runStatusS: 60,
  privacy: 'pseudonymous',
});

/** An outbox in memory. */
function memoryRecords(count: number): { rows: WaitingRecord[]; take: CloudLink['wake'] | never } & {
  take(cloud: string, afterId: number, limit: number): Promise<readonly WaitingRecord[]>;
  done(ids: readonly number[]): Promise<boolean>;
} {
  const rows = Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    topic: 'rscu/BOX1/event/up',
    payload: `{"n":${index + 1}}`,
  }));
  const source = {
    rows,
    take: (_cloud: string, afterId: number, limit: number) =>
      Promise.resolve(source.rows.filter((row) => row.id > afterId).slice(0, limit)),
    done: (ids: readonly number[]) => {
      source.rows = source.rows.filter((row) => !ids.includes(row.id));
      return Promise.resolve(true);
    },
  };
  return source as never;
}

async function until(condition: () => boolean, tries = 400): Promise<void> {
  for (let round = 0; round < tries && !condition(); round++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function subscriber(url: string): Promise<{ topic: string; payload: string }[]> {
  const heard: { topic: string; payload: string }[] = [];
  const client = await mqtt.connectAsync(url, { protocolVersion: 4, reconnectPeriod: 0 });
  client.on('message', (topic, payload) => heard.push({ topic, payload: payload.toString() }));
  await client.subscribeAsync('rscu/#', { qos: 1 });
  cleanUp.push(() => client.endAsync(true));
  return heard;
}

function link(
  url: string,
  records: ReturnType<typeof memoryRecords>,
  encoding: CloudSettings['encoding'] = 'json',
): CloudLink {
  const made = new CloudLink({
    cloud: { ...settings(url), encoding },
    box: 'box-1',
    clock: new SystemClock(5),
    log: silentLog,
    random: seededRandom(1),
    records,
    environment: {},
  });
  cleanUp.push(() => made.close());
  return made;
}

const live = (n: number): CityMessage => ({
  topic: 'rscu/BOX1/participant/up',
  payload: `{"n":${n}}`,
  delivery: 'live',
  shedding: 'status',
  key: 'participant',
});

const brokers: readonly (readonly [string, (port?: number) => Promise<TestBroker>, string | null, 4 | 5])[] = [
  ['aedes (3.1.1)', startAedes, null, 4],
  ['mosquitto (5)', startMosquitto, noMosquitto, 5],
];

describe.each(brokers)('with %s', (_name, start, why, protocol) => {
  test('records reach the broker in order and leave the outbox, live messages pass', async (context) => {
    if (why) return context.skip(why);
    const broker = await start();
    cleanUp.push(() => broker.close());
    await new Promise((resolve) => setTimeout(resolve, 300));
    const heard = await subscriber(broker.url);
    const records = memoryRecords(40);
    const made = link(broker.url, records);
    await until(() => made.status().connected);
    expect(made.status().protocol).toBe(protocol);
    made.live([live(1)]);
    await until(() => records.rows.length === 0 && heard.length >= 41);
    const events = heard.filter(({ topic }) => topic.endsWith('event/up'));
    expect(events.map(({ payload }) => payload)).toEqual(Array.from({ length: 40 }, (_, n) => `{"n":${n + 1}}`));
    expect(heard.filter(({ topic }) => topic.endsWith('participant/up')).length).toBe(1);
    expect(records.rows).toEqual([]);
  });

  test('a broker that is down at start is found later, and nothing is lost meanwhile', async (context) => {
    if (why) return context.skip(why);
    const port = await freePort();
    const records = memoryRecords(5);
    const made = link(`mqtt://127.0.0.1:${port}`, records);
    await until(() => made.status().fault !== null);
    expect(made.status().fault).toContain('ECONNREFUSED');
    made.live([live(1)]);
    made.live([live(2)]);
    expect(made.counters.get('cloud_live_replaced')).toBe(1);
    const broker = await start(port);
    cleanUp.push(() => broker.close());
    await until(() => records.rows.length === 0);
    expect(records.rows).toEqual([]);
  });
});

test('with protobuf live messages and records leave as the tables say; what cannot is counted and gone', async () => {
  const broker = await startAedes();
  cleanUp.push(() => broker.close());
  const heard: string[] = [];
  const client = await mqtt.connectAsync(broker.url, { protocolVersion: 4, reconnectPeriod: 0 });
  client.on('message', (topic, payload) => heard.push(`${topic} ${payload.toString('hex')}`));
  await client.subscribeAsync('rscu/#', { qos: 1 });
  cleanUp.push(() => client.endAsync(true));
  const records = memoryRecords(3); // `{"n":1}`: no event report
  records.rows[1] = { ...records.rows[1]!, payload: '{"timeStamp":2,"rscuSn":"B"}' };
  const made = link(broker.url, records, 'protobuf');
  await until(() => made.status().connected);
  made.live([{ ...live(1), payload: '{"timeStamp":1,"rscuSn":"A","ours":1}' }]);
  await until(() => records.rows.length === 0 && heard.length >= 2);
  expect(heard.sort()).toEqual(['rscu/BOX1/event/up 0802120142', 'rscu/BOX1/participant/up 0801120141']);
  expect(made.counters.get('cloud_encoding_failed')).toBe(2);
  expect(made.counters.get('cloud_member_unknown')).toBe(1);
  expect(records.rows).toEqual([]);
});
