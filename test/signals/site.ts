import { monotonicMs, utcMs } from '../../src/base/time.ts';
import type { MonotonicMs, Stamp } from '../../src/base/time.ts';
import { controllerId, lampGroupId, signalGroupId } from '../../src/model/ids.ts';
import type { Road, SignalGroup } from '../../src/model/road.ts';
import type {
  ControllerReport, ControllerStatus, LampAspect, LampGroupState, StateTiming,
} from '../../src/model/signal.ts';

/** A road with two nodes of one controller, one node without lamps, and nothing else. */

export const box = controllerId('c1');
export const stamp = (monoMs: number): Stamp => ({
  monoMs: monotonicMs(monoMs), utcMs: utcMs(1.767e12 + monoMs), errorMs: 5,
});

export const signalGroup =
  (id: string, lampGroup: string, more: Partial<SignalGroup> = {}): SignalGroup => ({
  id: signalGroupId(id), node: { region: 0, id: 1 }, controllerId: box,
  lampGroup: lampGroupId(lampGroup), lampType: 'vehicle', phase: 1,
  hasFlashingGreen: false, hasRedYellow: false, mayGoDark: false,
  minGreenS: 10, yellowS: 3, permissive: false, ...more,
});

export const road = (signalGroups: readonly SignalGroup[]): Road => ({
  formatVersion: 1, revision: 1,
  nodes: [1, 2, 3].map((id) => ({
    id: { region: 0, id }, name: `node ${id}`, reference: [0, 0],
    controllerId: id === 3 ? null : box, area: [], level: 0,
  })),
  links: [], lanes: [], movements: [], crossings: [], zones: [], signalGroups,
  ignoredLampGroups: [{ controllerId: box, lampGroup: lampGroupId('9'), reason: 'not wired' }],
  conflicts: { conflicting: [], yielding: [], intergreens: [] },
  stages: [], signs: [], rsuAreas: [],
});

export const aspectOf = (text: string): LampAspect => {
  const flashing = text.startsWith('flashing ');
  return { colour: text.replace('flashing ', '') as LampAspect['colour'], flashing };
};

export const status: ControllerStatus = {
  mode: 'actuated', manualControl: false, stopTime: false, failureFlash: false,
  preempt: false, priority: false, fault: false, transition: false, plan: 1,
};

/** Ends in ms from now on; null for unknown. */
export const timing = (
  atMs: number, minMs: number | null, maxMs: number | null = minMs, likelyMs: number | null = null,
  resolutionMs = 100,
): StateTiming => {
  const end = (leftMs: number | null, source: 'controller-guarantee' | 'controller-forecast') =>
    leftMs === null ? null : { atMs: monotonicMs(atMs + leftMs) as MonotonicMs, source };
  return {
    beganMs: null, minEnd: end(minMs, 'controller-guarantee'),
    likelyEnd: end(likelyMs, 'controller-forecast'), maxEnd: end(maxMs, 'controller-guarantee'),
    confidence: likelyMs === null ? null : 0.8, resolutionMs,
  };
};

export const lamp =
  (group: string, shown: string, told: StateTiming | null = null): LampGroupState => ({
  lampGroup: lampGroupId(group), aspect: aspectOf(shown), timing: told,
});

export const report = (
  atMs: number, groups: readonly LampGroupState[], more: Partial<ControllerReport> = {},
): ControllerReport => ({
  controllerId: box, sequence: Math.round(atMs / 100), measured: stamp(atMs), received: stamp(atMs),
  periodMs: 100, groups, status,
  evidence: [{ bytes: Uint8Array.of(1, 2, 3), receivedMs: atMs }], ...more,
});
