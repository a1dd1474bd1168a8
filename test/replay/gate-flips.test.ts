import { afterAll, beforeAll, expect, test } from 'vitest';
import { plusMs } from '../../src/base/time.ts';
import { decode, editions } from '../../src/gate/decode.ts';
import type { WireMessage } from '../../src/gate/decode.ts';
import type { GateOffer } from '../../src/gate/messages.ts';
import type { Gate } from '../../src/gate/gate.ts';
import { openRecording } from '../../src/runtime/recording/reader.ts';
import { demoSite } from '../demosite.ts';
import { Box, messagesOf, recordTo, temporaryFolder } from './kit.ts';

/** Messages of the demo site as they came to the gate, each with the gate as it stood then. */
interface Kept {
  readonly kind: string;
  readonly offer: GateOffer;
  readonly now: Parameters<Gate['check']>[1];
  readonly before: unknown;
}

const folder = temporaryFolder();
const kept: Kept[] = [];
let gate: Gate;
let box: Box;

/** Which messages of a kind are kept: the first, and some on the way. */
const wanted = [1, 2, 20, 90, 150, 210, 290];

beforeAll(async () => {
  const site = demoSite();
  await recordTo(folder.path('demo'), site, 32);
  box = new Box(site, openRecording(folder.path('demo')).manifest.started);
  gate = box.signals.gate;
  const check = gate.check.bind(gate);
  const counts: Record<string, number> = {};
  gate.check = (offer, now) => {
    const level = gate.verdict(`${offer.nodeRegion}-${offer.nodeId}`)?.level ?? '';
    const kind = offer.type === 'SPAT' ? `SPAT ${level}` : offer.type;
    counts[kind] = (counts[kind] ?? 0) + 1;
    const all = kind.startsWith('SPAT') ? wanted : wanted.slice(1, 3);
    if (all.includes(counts[kind])) kept.push({ kind, offer, now, before: gate.snapshot() });
    return check(offer, now);
  };
  let stepped = false;
  const startMs = openRecording(folder.path('demo')).manifest.started.monoMs;
  for (const { port, message, atMs } of messagesOf(folder.path('demo'))) {
    box.deliver(port, message, atMs);
    if (stepped || atMs < startMs + 20_000) continue;
    // A step of the wall clock: for two seconds colours leave without times.
    stepped = true;
    const { utcMs: wallMs, errorMs } = box.clock.utcAt(atMs);
    box.clock.setAnchor({ monoMs: atMs, utcMs: plusMs(wallMs, 400), errorMs });
  }
  gate.check = check;
}, 120_000);
afterAll(() => {
  box.stop();
  folder.remove();
});

/** Paths at which two readings differ. */
function apart(a: unknown, b: unknown, path = ''): string[] {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return Object.is(a, b) ? [] : [path];
  }
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) =>
    apart((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${path}.${key}`));
}

interface Tally { flips: number; blocked: number; readonly open: Record<string, number> }

/** Flips each bit of the kept messages of a kind on their way from the encoder to the gate. */
function flipAll(kind: string, more: Partial<GateOffer>): Tally {
  const tally: Tally = { flips: 0, blocked: 0, open: {} };
  for (const { offer, now, before } of kept.filter((one) => one.kind === kind)) {
    const meant = decode(offer.bytes, editions.A).message as WireMessage;
    const sound = { ...offer, ...more };
    gate.restore(before);
    expect(gate.check(sound, now)).toEqual({ pass: true });
    gate.restore(before);
    for (let bit = 0; bit < offer.bytes.length * 8; bit++) {
      const bytes = offer.bytes.slice();
      bytes[bit >> 3]! ^= 0x80 >> (bit & 7);
      tally.flips++;
      const result = gate.check({ ...sound, bytes }, now);
      if (!result.pass) {
        tally.blocked++;
        continue;
      }
      gate.restore(before);
      for (const path of apart(meant, decode(bytes, editions.A).message)) {
        tally.open[path] = (tally.open[path] ?? 0) + 1;
      }
    }
  }
  return tally;
}
const tell = (line: string): void => void process.stdout.write(`${line}\n`);
const share = ({ flips, blocked }: Tally): string => `${blocked} of ${flips} flips blocked`;

test('each flipped bit of a SPAT that changes its meaning is refused: whole times, colours alone, unavailable', () => {
  for (const [kind, least] of [['SPAT valid', 4], ['SPAT colour-only', 1], ['SPAT unavailable', 1]] as const) {
    const tally = flipAll(kind, {});
    tell(`${kind}: ${share(tally)}; open: ${JSON.stringify(tally.open)}`);
    const messages = kept.filter((one) => one.kind === kind).length;
    expect(messages, kind).toBeGreaterThanOrEqual(least);
    // The count alone passes, and is told: receivers reckon losses by it, cars do not act on it.
    expect(Object.keys(tally.open), kind).toEqual(['.msgCnt']);
    expect(tally.flips - tally.blocked, kind).toBe(messages * 7);
  }
});

test('each flipped bit of a MAP is refused by its pin, but for the count and a minute as near', () => {
  const tally = flipAll('MAP', {});
  tell(`MAP: ${share(tally)}; open: ${JSON.stringify(tally.open)}`);
  expect(Object.keys(tally.open).sort()).toEqual(['.minute', '.msgCnt']);
  expect(tally.blocked / tally.flips).toBeGreaterThan(0.99);
});

test('of RSM and RSI every flip is refused by the checksum between the processes; without it by what is known', () => {
  for (const kind of ['RSM', 'RSI']) {
    const sealed = flipAll(kind, {});
    expect(sealed.flips).toBeGreaterThan(1000);
    expect(sealed.blocked).toBe(sealed.flips);
  }
  const bare = { crc: undefined } as unknown as Partial<GateOffer>;
  const rsm = flipAll('RSM', bare);
  tell(`RSM without checksum: ${share(rsm)}; open: ${JSON.stringify(rsm.open)}`);
  const parts = new Set(Object.keys(rsm.open).map((path) => path.replace(/\.\d+/, '')));
  // Who, when, how fast, which way and how big is compared with the track; of the place the last
  // centimetre is not. Open are the classes of confidence, the source, the fine class and the height.
  for (const part of ['type', 'id', 'speed', 'heading', 'size.width', 'size.length', 'bsmId']) {
    const own = Object.entries(rsm.open).filter(([path]) => path.includes(`.${part}`));
    // One bit may lie within the rounding.
    expect(own.filter(([path, count]) => !/participants\.0\./.test(path) && count > 1), part).toEqual([]);
  }
  expect(parts.size).toBeGreaterThan(0);
  const rsi = flipAll('RSI', bare);
  tell(`RSI without checksum: ${share(rsi)}`);
});
