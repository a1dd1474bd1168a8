import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { witness } from '../../drivers/signal-tscbm/witness.ts';
import { shared, testWithShared } from '../shared.ts';

/** A packet of which only the lamp maps are filled, by octet. */
function packet(words: Readonly<Record<number, number>>, length = 241): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes[0] = 0xcd;
  bytes[1] = 16;
  for (const [at, value] of Object.entries(words)) {
    bytes[Number(at)] = value >> 8;
    bytes[Number(at) + 1] = value & 0xff;
  }
  return bytes;
}

const read = (...packets: Uint8Array[]) =>
  witness(packets.map((bytes, index) => ({ bytes, receivedMs: index })));

testWithShared('the real packet shows phases 2 and 6 green and every other phase red', () => {
  const colours = read(readFileSync(shared('captures/signal/tscbm-real.bin')))!;
  for (let phase = 1; phase <= 16; phase++) {
    const green = phase === 2 || phase === 6;
    expect(colours.get(`phase:${phase}`), `phase ${phase}`).toBe(green ? 'green' : 'red');
    expect(colours.get(`pedestrian:${phase}`)).toBe('red');
  }
});

test('each map of bits is the colour that the document gives it', () => {
  const colours = read(packet({
    210: 0x0001, 212: 0x0002, 214: 0x8000,
    216: 0x0001, 218: 0x0002, 220: 0x0004,
    222: 0x0001, 224: 0x0002, 226: 0x0004,
  }))!;
  expect(colours.get('phase:1')).toBe('red');
  expect(colours.get('phase:2')).toBe('yellow');
  expect(colours.get('phase:16')).toBe('green');
  expect(colours.get('phase:3')).toBe('dark');
  expect(colours.get('pedestrian:1')).toBe('red');
  expect(colours.get('pedestrian:2')).toBe('flashing-green');
  expect(colours.get('pedestrian:3')).toBe('green');
  expect(colours.get('overlap:1')).toBe('red');
  expect(colours.get('overlap:2')).toBe('yellow');
  expect(colours.get('overlap:3')).toBe('green');
  expect(colours.size).toBe(48);
});

test('flashing bits make the lit colour flash, and a dark lamp that flashes is unknown', () => {
  const colours = read(packet({
    210: 0x0001, 212: 0x0002, 214: 0x0004, 228: 0x000f, 224: 0x0001, 230: 0x0001,
  }))!;
  expect(colours.get('phase:1')).toBe('flashing-red');
  expect(colours.get('phase:2')).toBe('flashing-yellow');
  expect(colours.get('phase:3')).toBe('flashing-green');
  expect(colours.get('phase:4')).toBe('unknown');
  expect(colours.get('overlap:1')).toBe('flashing-yellow');
});

test('two lamps of one head at once are unknown', () => {
  const colours = read(packet({ 210: 0x0002, 214: 0x0002 }))!;
  expect(colours.get('phase:2')).toBe('unknown');
});

test('the last packet counts', () => {
  const colours = read(packet({ 214: 0x0001 }), packet({ 210: 0x0001 }, 245))!;
  expect(colours.get('phase:1')).toBe('red');
});

test('a packet of another length, start or number of blocks cannot be read, nor can none', () => {
  const good = packet({ 210: 0xffff });
  expect(read(good)).not.toBeNull();
  expect(read(good, good.subarray(0, 240))).toBeNull();
  expect(read(Uint8Array.from([0xce, ...good.subarray(1)]))).toBeNull();
  expect(read(Uint8Array.from([0xcd, 15, ...good.subarray(2)]))).toBeNull();
  expect(read()).toBeNull();
});
