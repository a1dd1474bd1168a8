import { expect, test } from 'vitest';
import { gateTexts } from '../../src/base/texts/gate.ts';
import { BitReader } from '../../src/gate/bits.ts';
import { decode, editions } from '../../src/gate/decode.ts';
import { createGate } from '../../src/gate/gate.ts';
import { patchUnavailable, stampOffsets } from '../../src/guardframe.ts';
import { decodeLatches, encodeLatches } from '../../src/latchfile.ts';
import { rules } from '../../src/gaterules.ts';
import { chinaGateProfile } from '../../src/gate/site.ts';
import { problemsOf, requireGateSite } from '../../src/gatecheck.ts';
import {
  aGreen, allRed, group, Junction, ruleOf, testMap, testNode, testSite, textWitness,
} from './junction.ts';
import { writeMap, writeSpat } from './writer.ts';

test('every rule has its texts and stands once', () => {
  expect(rules.map(({ id }) => id).sort()).toEqual(Object.keys(gateTexts).sort());
});

test('an unknown profile, node, type or length is refused by name', () => {
  const at = new Junction().warm();
  const bytes = at.spatBytes();
  expect(ruleOf(at.check(bytes, { profile: 'US' }))).toBe('SIZE');
  expect(ruleOf(at.check(bytes, { nodeId: 99 }))).toBe('R18');
  expect(ruleOf(at.check(bytes, { type: 'MAP' }))).toBe('SIZE');
  expect(ruleOf(at.check(bytes.subarray(1)))).toBe('SIZE');
  expect(ruleOf(at.check(new Uint8Array(0)))).toBe('SIZE');
  expect(ruleOf(at.check(Uint8Array.from([0])))).toBe('SIZE');
  expect(ruleOf(at.check(Uint8Array.from([0x80])))).toBe('SIZE');
  expect(ruleOf(at.check(new Uint8Array(2303)))).toBe('SIZE');
  expect(ruleOf(at.check(bytes))).toBe('passed');
});

test('padding that is not zero, and an octet more, are refused', () => {
  const at = new Junction().warm();
  const bytes = at.spatBytes();
  const padded = bytes.slice();
  padded[padded.length - 1]! |= 1;
  expect(decode(bytes, editions.A).reason).toBe('');
  expect(decode(padded, editions.A).reason).toContain('padding');
  expect(decode(Uint8Array.from([...bytes, 0]), editions.A).reason).toContain('follow');
});

test('the reader takes numbers of 0 to 32 bits across octets', () => {
  const reader = new BitReader(Uint8Array.from([0xff, 0x00, 0xaa, 0x55, 0xf0]));
  expect(reader.bits(0)).toBe(0);
  expect(reader.bits(4)).toBe(15);
  expect(reader.bits(32)).toBe(0xf00aa55f);
  expect(() => reader.bits(5)).toThrow('too early');
});

test('an offer more than 300 ms from its instant is refused (R22)', () => {
  const at = new Junction();
  const map = { type: 'MAP', spat: null };
  expect(ruleOf(at.check(writeMap(testMap), { ...map, validMs: at.nowMs - 301 }))).toBe('R22');
  expect(ruleOf(at.check(writeMap(testMap), { ...map, validMs: at.nowMs + 301 }))).toBe('R22');
  expect(ruleOf(at.check(writeMap(testMap), { ...map, validMs: at.nowMs - 300 }))).toBe('passed');
});

test('a gap in the message counter is told, not refused (R21)', () => {
  const at = new Junction();
  for (const msgCnt of [126, 127, 0, 1, 3]) {
    expect(at.check(writeMap(testMap, msgCnt), { type: 'MAP', spat: null }).pass).toBe(true);
  }
  expect(at.gate.report().counters).toEqual({ passed_MAP: 5, alarm_R21: 1 });
});

test('the last hundred refusals are kept with their bytes and what the gate read', () => {
  const at = new Junction();
  for (let index = 0; index < 101; index++) at.check(Uint8Array.from([index]));
  at.check(writeMap([{ id: { id: 3 } }]), { type: 'MAP' });
  const { refusals, counters } = at.gate.report();
  expect(refusals.length).toBe(100);
  expect(refusals[0]!.bytes).toEqual(Uint8Array.from([2]));
  expect(refusals[99]).toMatchObject({ rule: 'R18', node: '0-10', decoded: { type: 'MAP' } });
  expect(counters).toEqual({ refused_SIZE: 101, refused_R18: 1 });
});

test('of a refused message that is far too long only the beginning is kept', () => {
  const at = new Junction();
  expect(at.check(new Uint8Array(1 << 20)).pass).toBe(false);
  expect(at.gate.report().refusals[0]!.bytes.length).toBe(4096);
});

test('a mistake of the gate\'s own is not taken for a refusal', () => {
  const at = new Junction().warm();
  const gate = createGate(testSite(testNode()), {
    witnesses: { text: () => { throw new TypeError('a witness broke'); } }, latches: [], startMs: 0,
  });
  expect(() => gate.level('0-10', {
    frames: at.frames, availability: 'usable', status: null, minEnds: {},
  }, at.now)).toThrow('a witness broke');
  const broken = { ...at.offer(at.spatBytes()), bytes: null as never };
  expect(() => at.gate.check(broken, at.now)).toThrow(TypeError);
});

test('demo reaches loopback alone, bench what it declares, live what is commissioned (R25)', () => {
  const reach = (site: object, address: string): boolean =>
    new Junction(testNode(), site).gate.mayReach(address);
  for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.8.9.1']) {
    expect(reach({}, address)).toBe(true);
  }
  for (const address of ['10.0.0.1', 'localhost', '127.0.0.1.example', '128.0.0.1', '::2']) {
    expect(reach({ benchAddresses: ['10.0.0.1'] }, address), address).toBe(false);
  }
  expect(reach({ mode: 'bench', benchAddresses: ['10.0.0.1'] }, '10.0.0.1')).toBe(true);
  expect(reach({ mode: 'bench', benchAddresses: [] }, '10.0.0.1')).toBe(false);
  expect(reach({ mode: 'live', commissioned: true }, '10.0.0.1')).toBe(true);
  expect(reach({ mode: 'live', commissioned: false }, '10.0.0.1')).toBe(false);
  expect(reach({ mode: 'live', commissioned: false }, '127.0.0.1')).toBe(true);
});

test('a site that the gate cannot hold is named problem by problem', () => {
  const node = testNode();
  const problems = (more: object, site = {}): string =>
    problemsOf(testSite({ ...node, ...more }, site)).map(({ en }) => en).join('\n');
  expect(problems({})).toBe('');
  expect(problems({ groups: [...node.groups, node.groups[0]] })).toContain('twice');
  expect(problems({ witness: null })).toContain('no witness');
  expect(problems({ groups: [group('a', 0)], conflicting: [], yielding: [] })).toContain('phase');
  expect(problems({ groups: [group('a', 256)], conflicting: [], yielding: [] })).toContain('phase');
  expect(problems({ region: 1 })).toContain('R25');
  expect(problems({ id: 256 })).toContain('R25');
  expect(problems({ region: 1 }, { mode: 'live' })).toBe('');
  expect(problems({ conflicting: [['a', 'z']] })).toContain('names no two groups');
  expect(problems({ conflicting: [['z', 'a']] })).toContain('names no two groups');
  expect(problems({ conflicting: [['a', 'a']] })).toContain('names no two groups');
  expect(problems({ yielding: [['a', 'r']] })).toContain('both groups must be permissive');
  expect(problems({ yielding: [['r', 'a']] })).toContain('both groups must be permissive');
  expect(() => requireGateSite(testSite(node), {})).toThrow('no witness named text');
  expect(requireGateSite(testSite(node), { text: textWitness })).toEqual(testSite(node));
});

test('a node without lamps has no SPAT but may have a MAP', () => {
  const node = testNode({
    groups: [], witness: null, conflicting: [], yielding: [], intergreens: [], lanes: [''],
  });
  const at = new Junction(node);
  const map = writeMap([{ id: { region: 0, id: 10 } }]);
  expect(ruleOf(at.check(map, { type: 'MAP' }))).toBe('passed');
  expect(at.cycle({}).level).toBe('unavailable');
});

test('a snapshot put back gives the same answers', () => {
  const at = new Junction().warm(aGreen);
  const snapshot = at.gate.snapshot();
  const first = [at.cycle(allRed), at.spat()];
  const again = new Junction();
  again.gate.restore(snapshot);
  again.nowMs = at.nowMs - 100;
  again.utcMs = at.utcMs - 100;
  expect([again.cycle(allRed), again.spat()]).toEqual(first);
});

test('latches outlive a restart, with the releases of the day', () => {
  const at = new Junction().warm();
  for (let index = 0; index < 3; index++) at.cycle({ ...allRed, a: 'green', b: 'green' });
  const bytes = encodeLatches(at.gate.latches(at.nowMs), at.gate.latchVersion());
  const { rows, version, assumed } = decodeLatches(bytes, bytes, ['0-10']);
  expect({ version, assumed }).toEqual({ version: 1, assumed: false });
  const kept = [{ ...rows[0]!, releaseAgesMs: [5000] }, { ...rows[0]!, node: '9-9' }];
  const next = new Junction(testNode(), {}, kept);
  expect(next.show(allRed, 5000).level).toBe('silent');
  expect(next.gate.latches(next.nowMs)).toEqual([{
    node: '0-10', latch: { rule: 'R6', reason: expect.any(String) as string },
    releaseAgesMs: [10_000],
  }]);
  const open = new Junction(testNode(), {}, [{ node: '0-10', latch: null, releaseAgesMs: [] }]);
  expect(open.warm().gate.latches(0)[0]!.latch).toBeNull();
});

test('a bad copy of the latches yields to the good one, with none all are latched', () => {
  const rows = [{ node: '0-10', latch: null, releaseAgesMs: [] }];
  const older = encodeLatches([], 3);
  const newer = encodeLatches(rows, 4);
  expect(decodeLatches(older, newer, []).version).toBe(4);
  expect(decodeLatches(newer, older, []).version).toBe(4);
  for (let index = 0; index < newer.length; index++) {
    const bad = newer.slice();
    bad[index]! ^= 0x10;
    expect(decodeLatches(bad, older, []).version).toBe(3);
    const none = decodeLatches(bad, null, ['0-10']);
    expect(none).toMatchObject({ assumed: true, rows: [{ node: '0-10', latch: { rule: 'R6b' } }] });
  }
  expect(decodeLatches(new Uint8Array(0), new Uint8Array(3), ['0-10']).assumed).toBe(true);
  expect(decodeLatches(null, null, ['0-10'])).toEqual({ rows: [], version: 0, assumed: false });
});

test('the guard patches every stamp of an unavailable SPAT and not one bit more', () => {
  const at = new Junction();
  const frame = at.unavailableBytes();
  const offsets = stampOffsets(frame, chinaGateProfile)!;
  expect([offsets.moyAt.length, offsets.msAt.length]).toEqual([2, 2]);
  at.pass(35_432);
  patchUnavailable(frame, offsets, at.stamps.moy, at.stamps.ms);
  expect(frame).toEqual(at.unavailableBytes());
});

test('the guard takes no frame that shows a light, has no stamp or is no SPAT', () => {
  const at = new Junction();
  const phases = [{ id: 1, states: [{ light: 0 }] }];
  const timed = [{ id: 1, states: [{ light: 0, timing: { start: 0, likelyEnd: 5 } }] }];
  expect(stampOffsets(writeSpat({ ...at.stamps, phases }), chinaGateProfile)).not.toBeNull();
  expect(stampOffsets(at.spatBytes(), chinaGateProfile)).toBeNull();
  expect(stampOffsets(writeSpat({ ...at.stamps, phases: timed }), chinaGateProfile)).toBeNull();
  expect(stampOffsets(writeSpat({ phases }), chinaGateProfile)).toBeNull();
  expect(stampOffsets(writeMap(testMap), chinaGateProfile)).toBeNull();
  expect(stampOffsets(Uint8Array.from([1]), chinaGateProfile)).toBeNull();
});

test('the witness of these tests reads what it is given', () => {
  expect(textWitness([{ bytes: new Uint8Array(0), receivedMs: 0 }])).toBeNull();
});
