/** Reports of controllers of every quality → stage → SPAT → read again: what cars are told. */
import { expect, test } from 'vitest';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import type { Stamp } from '../../src/base/time.ts';
import type { ControllerReport, LampGroupState, StateTiming } from '../../src/model/signal.ts';
import { createLearner } from '../../src/signals/learner.ts';
import { createSignalStage } from '../../src/signals/stage.ts';
import { createSpatComposer } from '../../v2x/compose/spat.ts';
import { profileByName } from '../../v2x/profiles.ts';
import { demoSite } from '../demosite.ts';
import { actuatedRows, fixedRows, history, reports } from '../signals/plans.ts';
import type { Row, Shown } from '../signals/plans.ts';
import { contextOf, spatOf, status, valid } from './compose-kit.ts';

const site = demoSite();
const { signalGroups } = site.road;
const [first] = signalGroups;

/** How a controller tells what it knows of a state. */
type Quality = (shown: Shown, atMs: number) => StateTiming | null;
const told = (
  ends: Partial<StateTiming>, resolutionMs: number,
): StateTiming => ({
  beganMs: null, minEnd: null, likelyEnd: null, maxEnd: null, confidence: null, resolutionMs, ...ends,
});
const instant = (ms: number, source: 'controller-guarantee' | 'controller-forecast') =>
  ({ atMs: monotonicMs(ms), source });
const qualities: Readonly<Record<string, { readonly tell: Quality; readonly periodMs: number }>> = {
  'full timing in tenths': {
    periodMs: 100,
    tell: ({ endMs }, atMs) => {
      const end = instant(atMs + 100 * Math.floor((endMs - atMs) / 100), 'controller-guarantee');
      return told({ minEnd: end, likelyEnd: end, maxEnd: end, confidence: 1 }, 100);
    },
  },
  'whole seconds of a countdown': {
    periodMs: 200,
    tell: ({ endMs, aspect }, atMs) => (aspect.colour === 'green'
      ? told({ likelyEnd: instant(atMs + 1000 * Math.ceil((endMs - atMs) / 1000), 'controller-forecast') }, 1000)
      : null),
  },
  'lamps alone': { periodMs: 100, tell: () => null },
  'lamps alone, slowly': { periodMs: 1000, tell: () => null },
};

interface Heard {
  /** Widest spread of the announced end of one state, ms, and how many states had one. */
  readonly spreadMs: number;
  readonly ended: number;
  /** From a change of the lamp to its first message, ms. */
  readonly lateMs: number;
  readonly states: number;
  /** Phases whose minimum end was said. */
  readonly minima: number;
  readonly confidences: ReadonlySet<string>;
}

/** Lets cars listen to one controller: from the fourth cycle on where it must be learnt first. */
function listen(
  rows: readonly Row[], quality: string, form: 'counting' | 'utc', cycles: number, mode: 'fixed-time' | 'actuated',
): Heard {
  const { tell, periodMs } = qualities[quality]!;
  const shown = history(rows, cycles * 92_000, quality, 90_000);
  const stage = createSignalStage(site.road, () => undefined, createLearner(site.road));
  const composer = createSpatComposer(contextOf(site, { times: { ...profileByName('A').times, form } }));
  const learnt = quality.startsWith('lamps alone');
  const fromMs = shown[(learnt ? 4 : 1) * rows.length]!.beganMs;
  const utcAt = (ms: number): number => Date.UTC(2026, 2, 1, 8, 53) + ms; // over the hour soon
  const stampOf = (ms: number): Stamp => ({ monoMs: monotonicMs(ms), utcMs: utcMs(utcAt(ms)), errorMs: 5 });
  let [spreadMs, ended, lateMs, states, minima] = [0, 0, 0, 0, 0];
  let state: Shown | null = null;
  let light = '';
  let said: number[] = [];
  const confidences = new Set<string>();
  let tickMs = shown[0]!.beganMs;
  for (const { atMs, now } of reports(shown, periodMs, periodMs / 4, quality)) {
    for (; tickMs < atMs; tickMs += 100) {
      if (tickMs < fromMs) continue;
      const at = stampOf(tickMs + (tickMs % 7)); // ticks are late now and then
      const offer = composer.compose(stage.at(at)[0]!, valid, at)!;
      const { phases, moy, timeStamp, timeConfidence } = spatOf(offer).intersections[0]!;
      confidences.add(timeConfidence!);
      const [one] = phases.find(({ id }) => id === first!.phase)!.phaseStates;
      if (one!.light !== light) {
        const begun = light !== '';
        light = one!.light;
        if (begun && state) lateMs = Math.max(lateMs, at.monoMs - state.beganMs);
        if (said.length > 0) ended++;
        spreadMs = Math.max(spreadMs, said.length > 0 ? Math.max(...said) - Math.min(...said) : 0);
        said = [];
      }
      const times = one!.timing;
      if (!times) continue;
      const stampMs = Date.UTC(2026, 0, 1) + moy! * 60_000 + timeStamp!;
      const mark = 'counting' in times ? times.counting.likelyEndTime : times.utcTiming.likelyEndUTCTime;
      const least = 'counting' in times ? times.counting.minEndTime : times.utcTiming.minEndUTCTime;
      if (least !== undefined) minima++;
      if (mark === 36_001) continue;
      const hourMs = stampMs - (stampMs % 3_600_000);
      const inHourMs = hourMs + mark * 100;
      said.push('counting' in times ? stampMs + mark * 100
        : inHourMs < stampMs - 1_800_000 ? inHourMs + 3_600_000 : inHourMs);
    }
    if (now !== state) {
      state = now;
      states += now.beganMs >= fromMs ? 1 : 0;
    }
    const groups = signalGroups.map((group): LampGroupState => ({
      lampGroup: group.lampGroup, aspect: group === first ? now.aspect : { colour: 'red', flashing: false },
      timing: group === first ? tell(now, atMs) : null,
    }));
    const report: ControllerReport = {
      controllerId: first!.controllerId, sequence: 0, measured: stampOf(atMs), received: stampOf(atMs),
      periodMs, groups, status: { ...status, mode }, evidence: [],
    };
    stage.accept(report);
  }
  return { spreadMs, ended, lateMs, states, minima, confidences };
}

test('announced ends stand still, whatever the controller tells and in whichever form they are said', () => {
  let walked = 0;
  for (const quality of Object.keys(qualities)) {
    for (const form of ['counting', 'utc'] as const) {
      const heard = listen(fixedRows, quality, form, 7, 'fixed-time');
      const name = `${quality}, ${form}`;
      // An end is said to the tenth nearest to it, also where it rests on whole seconds.
      expect(heard.spreadMs, name).toBeLessThanOrEqual(101);
      expect(heard.ended, name).toBeGreaterThanOrEqual(quality.startsWith('whole') ? 8 : heard.states - 2);
      expect(heard.states, name).toBeGreaterThanOrEqual(8);
      walked++;
    }
  }
  expect(walked).toBe(8);
}, 30_000);

test('ends that an actuated controller’s lamps taught stand still until they have passed', () => {
  const heard = listen(actuatedRows, 'lamps alone', 'counting', 14, 'actuated');
  expect(heard.ended).toBeGreaterThan(10);
  expect(heard.minima).toBe(0);
});

test('only a controller that guarantees its ends has minima said of it', () => {
  const rows = Object.keys(qualities).map((quality) =>
    [quality, listen(fixedRows, quality, 'counting', 6, 'fixed-time').minima > 0]);
  expect(rows).toEqual([
    ['full timing in tenths', true], ['whole seconds of a countdown', false],
    ['lamps alone', false], ['lamps alone, slowly', false],
  ]);
});

test('a changed lamp is on air within a second, of a slow source within its period and a little', () => {
  const quick = listen(fixedRows, 'lamps alone', 'counting', 6, 'fixed-time');
  expect(quick.lateMs).toBeLessThan(1000);
  expect([...quick.confidences]).toEqual(['time-000-005']);
  const slow = listen(fixedRows, 'lamps alone, slowly', 'counting', 6, 'fixed-time');
  expect(slow.lateMs).toBeLessThan(1500);
  // Rule R1b: no better than code 6.
  expect([...slow.confidences]).toEqual(['time-001-000']);
});
