import { expect } from 'vitest';
import protobuf from 'protobufjs';
import type { RsuSettings } from '../../src/model/site.ts';
import { startMqttRsuSimulator } from '../../src/rsu/mqttsimulator.ts';
import { startPerceptronSimulator } from '../../src/rsu/perceptronsimulator.ts';
import { codecFor } from '../../v2x/codec.ts';
import { startAedes } from '../cloud/brokers.ts';
import {
  clock, expectUnbroken, figure, freePorts, junctions, live, nowMs, sleepMs, until,
} from './harness.ts';

const junctionOf = junctions();

live('units of every kind are served at once, each with its own list; one away delays nobody', async () => {
  const broker = await startAedes();
  const [forward, perception, away] = (await freePorts(3)) as [number, number, number];
  const rows: Partial<RsuSettings>[] = [
    { link: 'mqtt-carrier', port: broker.port, types: ['SPAT', 'MAP'], unitSerial: 'CARRIER1' },
    { link: 'mqtt-json', port: broker.port, unitSerial: 'JSON0001' },
    { link: 'udp-perceptron', port: perception, types: ['RSM'] },
    { link: 'udp-forward', port: forward },
    { link: 'mqtt-carrier', port: away },
  ];
  const ids = ['broker', 'json', 'vendor', 'text', 'away'];
  const on = await junctionOf({
    edit(site) {
      const [own] = site.rsus;
      site.rsus = [own!, ...rows.map((row, index) => ({ ...own, ...row, id: ids[index] }))];
    },
    editRoad(road) {
      const [area] = road['rsuAreas'] as readonly object[];
      road['rsuAreas'] = ['rsu-raw', ...ids].map((rsuId) => ({ ...area, rsuId }));
    },
  });
  const settings = (id: string): RsuSettings => on.site.rsus.find((unit) => unit.id === id)!;
  const carrier = await startMqttRsuSimulator({
    settings: settings('broker'), clock, decode: (bytes) => codecFor('A').decode(bytes),
  });
  const json = await startMqttRsuSimulator({
    settings: settings('json'), clock,
    decode: (bytes) => JSON.parse(new TextDecoder().decode(bytes)) as unknown,
  });
  const vendor = await startPerceptronSimulator({
    host: '127.0.0.1', port: perception,
    decode: (set) => protobuf.Reader.create(set).uint32(),
  });
  try {
    await on.devices();
    const daemon = on.daemon();
    await on.valid();
    await on.other('RSM');
    await until('messages at every unit', 20_000, () =>
      carrier.counters.get('SPAT') > 10 && json.counters.get('RSM') > 10 &&
      vendor.counters.get('RSM') > 10 && json.counters.get('MAP') > 0);
    const fromMs = nowMs();
    const before = json.counters.get('SPAT');
    await sleepMs(5000);
    expectUnbroken('SPAT beside slow units', on, fromMs, nowMs());
    figure('units', {
      jsonSpats: json.counters.get('SPAT') - before, carrier: carrier.counters.get('SPAT'),
      vendor: vendor.counters.get('RSM'), text: on.unit(1)['SPAT'] ?? 0,
    });
    const status = await until('a status', 5000, () => daemon.status());
    expect(status.rsus.map(({ id }) => id)).toEqual(['rsu-raw', ...ids]);
    const unit = (id: string) => status.rsus.find((one) => one.id === id)!;
    for (const id of ['rsu-raw', 'broker', 'json', 'vendor', 'text']) expect(unit(id).fault, id).toBeNull();
    expect(unit('away').fault).toContain('ECONNREFUSED');
    expect(unit('json').sent['rsu_sent_ack_MAP']).toBeGreaterThan(0);
    expect(unit('json').sent).not.toHaveProperty('rsu_read_back_SPAT');
    expect(unit('json').sent).not.toHaveProperty('rsu_read_back_RSM');
    expect(Object.keys(unit('broker').sent)).not.toContain('rsu_sent_RSM');
    expect(unit('away').sent['rsu_replaced_SPAT']).toBeGreaterThan(10);
    expect(on.unit(1)['SPAT']).toBeGreaterThan(20);
    for (const { counters } of [carrier, json, vendor]) {
      expect(counters.get('undecodable') + counters.get('bad_carrier') + counters.get('bad_frame')).toBe(0);
    }
  } finally {
    for (const end of [carrier, json, vendor, broker]) await end.close();
  }
});
