/** A small junction, its controller and a clock, for the tests of the gate. */
import { expect } from 'vitest';
import type {
  EvidenceFrame, GateStatus, GateTiming, Witness, WitnessColour,
} from '../../src/base/evidence.ts';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import type { Stamp } from '../../src/base/time.ts';
import { createGate } from '../../src/gate/gate.ts';
import type { Gate, GateResult } from '../../src/gate/gate.ts';
import type { LatchRow } from '../../src/gate/latches.ts';
import type { GateInput, GateVerdict } from '../../src/gate/level.ts';
import type { GateOffer } from '../../src/gate/messages.ts';
import { defaultLimits } from '../../src/gate/rules.ts';
import { chinaGateProfile } from '../../src/gate/site.ts';
import type { GateGroup, GateNode, GateProfile, GateSite } from '../../src/gate/site.ts';
import { testLat, testLong, writeSpat } from './writer.ts';
import type { TestMapNode, TestSpat, TestState } from './writer.ts';

export const group = (id: string, phase: number, more: Partial<GateGroup> = {}): GateGroup => ({
  id, lampGroup: id, phase, kind: 'vehicle', hasFlashingGreen: false, hasRedYellow: false,
  mayGoDark: false, permissive: false, inMap: true, minGreenS: 5, yellowS: 3, ...more,
});

export const testMap: readonly TestMapNode[] = [{
  id: { region: 0, id: 10 },
  links: [{
    upstream: { region: 0, id: 11 },
    movements: [{ remote: { region: 0, id: 12 }, phase: 1 }, { remote: { id: 13 } }],
    lanes: [
      { id: 1, to: [{ remote: { id: 12 }, lane: 3, phase: 1 }, { remote: { id: 13 }, phase: 2 }] },
      { id: 2, to: [{ remote: { id: 14 }, phase: 4 }, { remote: { id: 14 } }] },
      { id: 3 },
    ],
  }],
}];
export const testLanes = [
  'from 0-11: 0-12.any=1 0-13.any=none',
  '1: 0-12.3=1 0-13.any=2',
  '2: 0-14.any=4 0-14.any=none',
  '3: ',
].join('\n');

export const testNode = (more: Partial<GateNode> = {}): GateNode => ({
  region: 0,
  id: 10,
  groups: [
    group('a', 1, { hasFlashingGreen: true }),
    group('b', 2, { mayGoDark: true, hasRedYellow: true }),
    group('p', 3, { kind: 'pedestrian', permissive: true, hasFlashingGreen: true, inMap: false }),
    group('r', 4, { permissive: true }),
  ],
  witness: 'text',
  slow: false,
  ignored: ['x'],
  controllerDelayMs: 0,
  lanes: [testLanes],
  conflicting: [['a', 'b'], ['b', 'p'], ['p', 'r']],
  yielding: [['r', 'p']],
  intergreens: [{ from: 'a', to: 'b', clearanceS: 2 }],
  area: {
    latMin: testLat - 50_000, latMax: testLat + 50_000,
    longMin: testLong - 50_000, longMax: testLong + 50_000,
  },
  ...more,
});

export const testSite = (node: GateNode, more: Partial<GateSite> = {}): GateSite => ({
  mode: 'demo', commissioned: false, benchAddresses: [], nodes: [node],
  profiles: [chinaGateProfile], limits: defaultLimits, ...more,
});

/** The numbers and words of J2735 for lamps and stamps, on the Chinese bits: another row. */
export const numberedProfile: GateProfile = {
  ...chinaGateProfile, name: 'J2735-numbers',
  lights: [
    'unavailable', 'dark', 'flashing-red', 'red', 'red-yellow', 'permissive', 'protected',
    'permissive-yellow', 'protected-yellow', 'flashing-yellow',
  ],
  sayable: {
    ...chinaGateProfile.sayable, yellow: ['permissive-yellow', 'protected-yellow'],
    'red-yellow': ['red-yellow'], 'flashing-green': ['permissive', 'protected'],
  },
  absolute: true, msMax: 60_999, countsChanges: true,
};

export type Lamps = Readonly<Record<string, WitnessColour>>;
export const evidence = (lamps: Lamps, receivedMs: number): EvidenceFrame => ({
  bytes: new TextEncoder().encode(JSON.stringify(lamps)),
  receivedMs,
});

/** Frames are texts; later ones override. An empty frame cannot be read. */
export const textWitness: Witness = (frames) => {
  const colours = new Map<string, WitnessColour>();
  for (const { bytes } of frames) {
    if (bytes.length === 0) return null;
    const lamps = JSON.parse(new TextDecoder().decode(bytes)) as Lamps;
    for (const [key, colour] of Object.entries(lamps)) colours.set(key, colour);
  }
  return colours;
};

export const quiet: GateStatus = {
  manual: false, stopTime: false, failureFlash: false, preempt: false, priority: false,
  failure: false, off: false,
};
export const allRed: Lamps = { a: 'red', b: 'red', p: 'red', r: 'red' };
export const aGreen: Lamps = { ...allRed, a: 'green' };

const code: Readonly<Record<WitnessColour, number>> = {
  red: 3, yellow: 7, green: 6, 'red-yellow': 3, dark: 1, 'flashing-red': 2, 'flashing-yellow': 8,
  'flashing-green': 4, unknown: 0,
};

/** A gate, its clock and what its controller shows. */
export class Junction {
  gate: Gate;
  readonly node: GateNode;
  nowMs = 1_000_000;
  /** 2026-03-01 08:15:30.000. */
  utcMs = Date.UTC(2026, 2, 1, 8, 15, 30);
  lamps: Lamps = allRed;
  status: GateStatus | null = quiet;
  frames: EvidenceFrame[] = [];
  errorMs = 5;
  profile = 'A';
  minEnds: Record<string, number | null> = {};
  timings: Record<number, GateTiming[]> = {};

  constructor(
    node: GateNode = testNode(), site: Partial<GateSite> = {}, latches: readonly LatchRow[] = [],
  ) {
    this.node = node;
    const options = { witnesses: { text: textWitness }, latches, startMs: this.nowMs };
    this.gate = createGate(testSite(node, site), options);
  }

  get now(): Stamp {
    return { monoMs: monotonicMs(this.nowMs), utcMs: utcMs(this.utcMs), errorMs: this.errorMs };
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.utcMs += ms;
  }

  /** One cycle with fresh evidence of these lamps. */
  cycle(lamps: Lamps = this.lamps, more: Partial<GateInput> = {}): GateVerdict {
    this.pass(100);
    this.lamps = lamps;
    this.frames = [evidence(lamps, this.nowMs - 20)];
    return this.decide(more);
  }

  decide(more: Partial<GateInput> = {}): GateVerdict {
    const input = {
      frames: this.frames, availability: 'usable', status: this.status, minEnds: this.minEnds,
      ...more,
    };
    return this.gate.level('0-10', input, this.now);
  }

  /** Shows these lamps for a while; gives the last verdict. */
  show(lamps: Lamps, ms: number): GateVerdict {
    let verdict = this.cycle(lamps);
    for (let done = 100; done < ms; done += 100) verdict = this.cycle(lamps);
    return verdict;
  }

  /** From the start to the first valid cycle, with the unavailable SPAT that must come first. */
  warm(lamps: Lamps = allRed): this {
    this.cycle(lamps);
    expect(this.unavailable()).toEqual({ pass: true });
    this.cycle();
    expect(this.cycle().level).toBe('valid');
    return this;
  }

  get stamps(): { moy: number; ms: number; innerMoy: number; innerMs: number } {
    const sinceMs = this.utcMs - Date.UTC(new Date(this.utcMs).getUTCFullYear(), 0, 1);
    const moy = Math.floor(sinceMs / 60_000);
    const ms = sinceMs % 60_000;
    return { moy, ms, innerMoy: moy, innerMs: ms };
  }

  /** The lights that a good composer would send. */
  states(): Record<number, TestState[]> {
    const states: Record<number, TestState[]> = {};
    for (const { id, phase, permissive } of this.node.groups) {
      const colour = this.lamps[id]!;
      states[phase] = [{ light: colour === 'green' && permissive ? 5 : code[colour] }];
    }
    return states;
  }

  spatBytes(states: Record<number, TestState[]> = {}, more: Partial<TestSpat> = {}): Uint8Array {
    const phases = Object.entries({ ...this.states(), ...states });
    return writeSpat({
      ...this.stamps,
      phases: phases.map(([id, list]) => ({ id: Number(id), states: list })),
      ...more,
    });
  }

  offer(bytes: Uint8Array, more: Partial<GateOffer> = {}): GateOffer {
    return {
      bytes, type: 'SPAT', profile: this.profile, nodeRegion: 0, nodeId: 10, validMs: this.nowMs,
      newestReceivedMs: this.nowMs - 20, participants: [],
      spat: { frames: this.frames, status: this.status, timings: this.timings },
      ...more,
    };
  }

  check(bytes: Uint8Array, more: Partial<GateOffer> = {}): GateResult {
    return this.gate.check(this.offer(bytes, more), this.now);
  }

  spat(states: Record<number, TestState[]> = {}, more: Partial<TestSpat> = {}): GateResult {
    return this.check(this.spatBytes(states, more));
  }

  unavailableBytes(more: Partial<TestSpat> = {}): Uint8Array {
    const phases = [...new Set(this.node.groups.map(({ phase }) => phase))];
    return writeSpat({
      ...this.stamps, status: 4,
      phases: phases.map((id) => ({ id, states: [{ light: 0 }] })), ...more,
    });
  }

  unavailable(more: Partial<TestSpat> = {}): GateResult {
    return this.check(this.unavailableBytes(more), { spat: null });
  }
}

/** The rule by which a message was refused; `passed` if it was not. */
export const ruleOf = (result: GateResult): string => (result.pass ? 'passed' : result.rule);
export const rulesOf = (verdict: GateVerdict): string[] => verdict.reasons.map(({ rule }) => rule);
