/** Faults of time: the controller's clock, ours, and the turns of minute, hour and year. */
import type { Random } from '../../src/base/random.ts';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import { START_UTC_MS } from './box.ts';
import type { Box } from './box.ts';
import type { FaultRow } from './faults.ts';
import { Windows } from './parts.ts';
import type { Injection, Look, Tell } from './run.ts';

const between = (low: number, high: number) => (random: Random): number =>
  low + random.below(high - low);
const YEAR_2027_MS = Date.UTC(2027, 0, 1);
const HOUR_MS = 3_600_000;

const setClock = (box: Box, atMs: number, utc: number, errorMs: number): void =>
  box.clock.setAnchor({ monoMs: monotonicMs(atMs), utcMs: utcMs(utc), errorMs });

/** Whole milliseconds of the minute and minutes of the year, from the box's own clock. */
function stampsRight({ atMs, said, box }: Look, tell: Tell, mayHold = false): void {
  if (!said) return;
  const utc = Math.floor(box.clock.utcAt(monotonicMs(atMs)).utcMs);
  const yearMs = Date.UTC(new Date(utc).getUTCFullYear(), 0, 1);
  const errorMs = said.moy * 60_000 + said.ms - (utc - yearMs);
  // In the leap second a clock repeats a second that the air has no word for: R17 holds 59999.
  const held = mayHold && said.ms === 59_999 && Math.abs(errorMs) <= 1050;
  const fine = held || Math.abs(errorMs) <= 50;
  tell('stamps are those of the clock, ± 50 ms', fine, () => `${errorMs} ms`);
  tell('milliseconds of the minute stay under 60000', said.ms < 60_000);
}

/** The clock steps each time that a window begins. */
function stepping(
  random: Random, utcOf: (nowUtcMs: number, random: Random) => number,
  more: (look: Look, tell: Tell) => void = () => undefined,
): Injection {
  const windows = new Windows(random, () => 100, between(15_000, 60_000));
  let done = 0;
  return {
    hooks: {
      turn(box, atMs) {
        if (!windows.active(atMs) || done === windows.count) return;
        done = windows.count;
        const now = box.clock.utcAt(monotonicMs(atMs));
        setClock(box, atMs, utcOf(now.utcMs, random), now.errorMs);
      },
    },
    look(look, tell) {
      stampsRight(look, tell);
      more(look, tell);
    },
    injected: () => done,
  };
}

const sign = (random: Random): number => random.below(2) * 2 - 1;

/** The wall clock says anything until it is trusted. */
function untrusted(random: Random): Injection {
  let trustedMs = Number.NaN;
  let injected = 0;
  const restarts = new Windows(random, () => 100, between(60_000, 120_000));
  let done = 0;
  return {
    hooks: {
      turn(box, atMs) {
        if (Number.isNaN(trustedMs)) trustedMs = atMs + 20_000;
        if (restarts.active(atMs) && done !== restarts.count) {
          done = restarts.count;
          injected++;
          const toMs = random.below(2) === 0 ? 0 : Date.UTC(2000, 0, 1);
          setClock(box, atMs, toMs, Number.POSITIVE_INFINITY);
          trustedMs = atMs + 10_000 + random.below(20_000);
        } else if (atMs >= trustedMs && !Number.isFinite(box.clock.utcAt().errorMs)) {
          setClock(box, atMs, START_UTC_MS + atMs, 5);
        }
      },
    },
    look(look, tell) {
      stampsRight(look, tell);
      const { said, atMs, box } = look;
      if (!said || Number.isFinite(box.clock.utcAt(monotonicMs(atMs)).errorMs)) return;
      tell('time confidence is unavailable until the clock is trusted',
        said.timeConfidence === 'unavailable', () => said.timeConfidence);
    },
    injected: () => injected,
  };
}

/** `time-000-050` → 50 ms; unavailable is no claim. */
function claimedMs(name: string): number {
  const found = /^time-(\d{3})-(\d{3})/.exec(name);
  return found ? Number(found[1]) * 1000 + Number(found[2]) : Number.POSITIVE_INFINITY;
}

/** No source of time for hours: the error grows. */
function drifting(random: Random): Injection {
  const windows = new Windows(random, between(20_000, 60_000), between(10_000, 30_000));
  const error = (atMs: number): number =>
    windows.active(atMs)
      ? 5 + (195 * (atMs - windows.fromMs)) / (windows.untilMs - windows.fromMs)
      : 5;
  return {
    hooks: {
      turn(box, atMs) {
        const { utcMs: utc } = box.clock.utcAt(monotonicMs(atMs));
        setClock(box, atMs, utc, error(atMs));
      },
    },
    look(look, tell) {
      stampsRight(look, tell);
      const { said, atMs } = look;
      if (!said) return;
      const errorMs = error(atMs);
      const claim = claimedMs(said.timeConfidence);
      const holds = claim >= errorMs || claim === Number.POSITIVE_INFINITY;
      tell('time confidence holds the error', holds,
        () => `${said.timeConfidence} at ${errorMs.toFixed(0)} ms`);
      if (errorMs > 100) {
        const silent = claim === Number.POSITIVE_INFINITY;
        tell('over 100 ms of error no confidence is claimed (R15)', silent,
          () => `${said.timeConfidence} at ${errorMs.toFixed(0)} ms`);
      }
    },
    injected: () => windows.count,
  };
}

/** The controller's own clock is wrong: nobody may go by it. */
function controllerClock(random: Random): Injection {
  const windows = new Windows(random, between(5000, 30_000));
  return {
    hooks: {
      picture(picture, atMs) {
        if (!windows.active(atMs)) return;
        picture.utcMs = utcMs(picture.utcMs + 2000 + 1000 * (windows.count % 4000));
      },
    },
    look(look, tell) {
      stampsRight(look, tell);
      const { atMs, box, level } = look;
      if (windows.active(atMs) && box.nowMs > 1_010_000) tell('the level stays', level === 'valid');
    },
    injected: () => windows.count - 1,
  };
}

/** Back by one second at the end of the year, as clocks do that repeat a leap second. */
function leap(random: Random): Injection {
  const windows = new Windows(random, () => 100, between(25_000, 50_000));
  let done = 0;
  let leapt = true;
  return {
    hooks: {
      turn(box, atMs) {
        const now = box.clock.utcAt(monotonicMs(atMs));
        if (windows.active(atMs) && done !== windows.count) {
          done = windows.count;
          leapt = false;
          setClock(box, atMs, YEAR_2027_MS - 8000, 5);
        } else if (!leapt && now.utcMs >= YEAR_2027_MS) {
          leapt = true;
          setClock(box, atMs, now.utcMs - 1000, now.errorMs);
        }
      },
    },
    look: (look, tell) => stampsRight(look, tell, true),
    injected: () => done,
  };
}

export const clockRows: readonly FaultRow[] = [
  {
    id: 'F49', what: 'controller clock wrong',
    inject: 'its time of day is over 2 s off for 5 to 30 s',
    expected: 'stamps from our own clock, level unchanged', sites: ['push'], make: controllerClock,
  },
  {
    id: 'F55', what: 'wall clock ± 1 s', inject: 'a step each 15 to 60 s',
    expected: 'cadence kept, stamps those of the clock', sites: ['push'],
    make: (random) => stepping(random, (now, draw) => now + 1000 * sign(draw)),
  },
  {
    id: 'F56', what: 'wall clock ± 1 h, ± 1 day', inject: 'a step each 15 to 60 s',
    expected: 'cadence kept, stamps those of the clock', sites: ['push'],
    make: (random) => stepping(random, (now, draw) =>
      now + sign(draw) * (draw.below(2) === 0 ? HOUR_MS : 24 * HOUR_MS)),
  },
  {
    id: 'F57', what: 'start in 1970 or 2000', inject: 'the clock is not trusted for 10 to 30 s',
    expected: 'count-down; time confidence unavailable', sites: ['push'], make: untrusted,
    box: { startUtcMs: 0, errorMs: Number.POSITIVE_INFINITY },
  },
  {
    id: 'F58', what: 'leap second', inject: 'the last second of the year comes twice',
    expected: 'stamps under 60000 ms and those of the clock', sites: ['push'], make: leap,
    box: { startUtcMs: YEAR_2027_MS - 30_000 },
  },
  {
    id: 'F59', what: 'turn of minute, hour and year', inject: 'the clock is put before one of them',
    expected: 'stamps and ends right across it', sites: ['push', 'poll'],
    make: (random) => stepping(random, (now, draw) => {
      const beforeMs = 500 + draw.below(8000);
      const to = [60_000, HOUR_MS, 24 * HOUR_MS][draw.below(3)]!;
      return draw.below(3) === 0 ? YEAR_2027_MS - beforeMs : Math.ceil(now / to) * to - beforeMs;
    }),
  },
  {
    id: 'F60', what: 'drift without a source of time',
    inject: 'the error of UTC grows from 5 to 200 ms',
    expected: 'the confidence holds the error; none over 100 ms', sites: ['push'], make: drifting,
  },
  {
    id: 'F62', what: 'another time zone', inject: 'the same run in four zones',
    expected: 'the same octets', sites: ['push'], make: () => ({ injected: () => 1 }),
  },
];
