/** Faults F34 to F62 of the catalogue, as rows: how each is put in and what is expected. */
import type { Random } from '../../src/base/random.ts';
import { aspects, isGreen } from './truth.ts';
import type { StageOrders } from './truth.ts';
import { Changes, Windows, Wire, watched } from './parts.ts';
import { clockRows } from './clockfaults.ts';
import { byteRows } from './bytefaults.ts';
import type { SiteName } from './sites.ts';
import type { Injection, Look, RowOptions, Tell } from './run.ts';
import type { Picture } from './box.ts';

export interface FaultRow {
  readonly id: string;
  readonly what: string;
  readonly inject: string;
  readonly expected: string;
  /** Junctions that it is tried on. */
  readonly sites: readonly SiteName[];
  readonly make: (random: Random, site: SiteName) => Injection;
  readonly box?: RowOptions['box'];
}

/** Not of this level, with the place of its tests. */
export interface ElsewhereRow {
  readonly id: string;
  readonly what: string;
  readonly reason: string;
  readonly tested: string;
}

const between = (low: number, high: number) => (random: Random): number =>
  low + random.below(high - low);
/** Data of a push source is used for so long, of a slow one longer (R1, R1b). */
const limitOf = (site: SiteName): number => (site === 'slow' ? 1500 : 300);
const orders = (share: number, make: (random: Random) => StageOrders) =>
  (_stage: number, _cycle: number, random: Random): StageOrders =>
    random.next() < share ? make(random) : {};

/** Nothing but unavailable while the newest packet holds the fault; tells how soon. */
function answered(
  wire: Wire, answersMs: number[], what: string, graceMs = 0,
): (look: Look, tell: Tell) => void {
  let open = false;
  return ({ atMs, said }, tell) => {
    const newest = wire.newest(atMs);
    if (!newest?.tagged) {
      open = false;
      return;
    }
    const first = wire.firstTagged(atMs);
    const sinceMs = atMs - (first?.arrivesMs ?? newest.arrivesMs);
    if (sinceMs < graceMs) return;
    const coloured = said?.coloured ?? false;
    tell(what, !coloured, () => `${sinceMs} ms after it arrived`);
    if (open || coloured) return;
    open = true;
    answersMs.push(sinceMs - graceMs);
  };
}

/** A pair of conflicting groups of which at most one may be green; by index, none that yields. */
function conflictsOf(
  look: { readonly site: Look['site'] },
): readonly (readonly [number, number])[] {
  const { signalGroups, conflicts } = look.site.road;
  const index = new Map(signalGroups.map(({ id }, at) => [id as string, at]));
  const yields = new Set(conflicts.yielding.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]));
  return conflicts.conflicting
    .filter(([a, b]) => !yields.has(`${a} ${b}`))
    .map(([a, b]) => [index.get(a)!, index.get(b)!] as const);
}

function conflicting(random: Random, site: SiteName): Injection {
  const wire = new Wire();
  const answersMs: number[] = [];
  const windows = new Windows(random, between(100, 900));
  let pairs: readonly (readonly [number, number])[] = [];
  let pair: readonly [number, number] | undefined;
  let drawn = 0;
  let injected = 0;
  const act = (picture: Picture, atMs: number): boolean => {
    if (!windows.active(atMs) || pairs.length === 0) return false;
    if (drawn !== windows.count) {
      drawn = windows.count;
      injected++;
      const shows = (group: number): boolean => picture.lamps[group]!.aspect.colour === 'green';
      const half = pairs.filter(([a, b]) => shows(a) !== shows(b));
      const of = half.length > 0 ? half : pairs;
      pair = of[random.below(of.length)];
    }
    for (const group of pair ?? []) picture.lamps[group]!.aspect = aspects.green;
    return true;
  };
  // A poll asks every 200 ms; what is newest is judged, so the answer is due in the same cycle.
  const expect = answered(wire, answersMs, 'unavailable in the same cycle');
  return {
    hooks: watched(wire, act),
    look(look, tell) {
      if (pairs.length === 0) pairs = conflictsOf(look);
      expect(look, tell);
    },
    injected: () => injected,
    answersMs: site === 'slow' ? [] : answersMs,
  };
}

/** A group that breaks its order stays unavailable to its next red. */
function withoutYellow(): Injection {
  const changes = new Changes();
  const held = new Map<number, number>();
  let injected = 0;
  return {
    orders: orders(0.1, () => ({ noYellow: true })),
    look({ atMs, said, truth, site }, tell) {
      changes.each(truth, atMs, (group, from, to) => {
        const { lampType } = site.road.signalGroups[group]!;
        if (lampType === 'pedestrian') return;
        if (isGreen(from) && to === 'red') {
          injected++;
          held.set(group, atMs + 150);
        } else if (to === 'red') held.delete(group);
      });
      for (const [group, fromMs] of held) {
        if (atMs < fromMs || !said) continue;
        const light = said.phases.get(site.road.signalGroups[group]!.phase)?.light;
        const stays = light === 'unavailable';
        tell('the group stays unavailable to its next red', stays, () => String(light));
      }
    },
    restarted: () => held.clear(),
    injected: () => injected,
  };
}

/** After a yellow that is too short the next green says no times. */
function shortYellow(): Injection {
  const changes = new Changes();
  const began = new Map<number, number>();
  const next = new Set<number>();
  let injected = 0;
  return {
    orders: orders(0.1, (random) => ({ yellowMs: 800 + 100 * random.below(16) })),
    look({ atMs, said, truth, site }, tell) {
      changes.each(truth, atMs, (group, from, to) => {
        if (to === 'yellow') began.set(group, truth.segment(group, atMs).fromMs);
        if (from === 'yellow' && to === 'red') {
          const lastedMs = truth.segment(group, atMs).fromMs - (began.get(group) ?? atMs);
          if (lastedMs < 2500) {
            injected++;
            next.add(group);
          }
        }
        if (isGreen(from) && !isGreen(to)) next.delete(group);
      });
      for (const group of next) {
        const { colour, fromMs } = truth.segment(group, atMs);
        if (!isGreen(colour) || atMs < fromMs + 150 || !said) continue;
        const phase = said.phases.get(site.road.signalGroups[group]!.phase);
        tell('the next green has no times', phase?.timed === false);
      }
    },
    restarted: () => next.clear(),
    injected: () => injected,
  };
}

/** Dark and silent, then a start-up picture: no green before the rule for resuming. */
function reboot(site: SiteName): Injection {
  const wire = new Wire();
  const changes = new Changes();
  let injected = 0;
  let darkMs = Number.NaN;
  let backMs = Number.NaN;
  let changed = false;
  /** L0 since the start: before it the rule for starts holds, three frames alone. */
  let wasValid = false;
  let truth: Look['truth'] | null = null;
  const isDark = (atMs: number): boolean => truth?.segment(0, atMs).colour === 'dark';
  return {
    orders: orders(0.12, (random) => ({ rebootMs: 4000 + random.below(6000) })),
    hooks: watched(wire, () => false, { parcel: (parcel, atMs) => (isDark(atMs) ? [] : [parcel]) }),
    look(look, tell) {
      ({ truth } = look);
      const { atMs, said } = look;
      changes.each(truth, atMs, (group, _from, to) => {
        if (group === 0 && to === 'dark') {
          injected++;
          darkMs = wasValid ? atMs : Number.NaN;
          backMs = Number.NaN;
        } else if (!Number.isNaN(backMs)) changed = true;
      });
      wasValid ||= look.level === 'valid';
      if (Number.isNaN(darkMs)) return;
      const newest = wire.newest(atMs, (told) => told.sentMs > darkMs);
      if (newest && !isDark(atMs) && Number.isNaN(backMs)) {
        backMs = newest.arrivesMs;
        changed = false;
      }
      const coloured = said?.coloured ?? false;
      if (Number.isNaN(backMs)) {
        if (atMs - darkMs > limitOf(site) + 100) tell('unavailable while it is silent', !coloured);
        return;
      }
      const settled = atMs - backMs >= 200 && (changed || atMs - backMs >= 1900);
      if (!settled) tell('no colours before the rule for resuming (R4)', !coloured);
      else darkMs = Number.NaN;
    },
    restarted() {
      darkMs = Number.NaN;
      wasValid = false;
    },
    injected: () => injected,
  };
}

/** The lamps live, their times stand still. */
function frozen(random: Random): Injection {
  const wire = new Wire();
  const windows = new Windows(random, between(3000, 9000));
  const held = new Map<number, { colour: string; leftMs: number; sinceMs: number }>();
  let injected = 0;
  let drawn = 0;
  const act = (picture: Picture, atMs: number): boolean => {
    if (!windows.active(atMs)) {
      held.clear();
      return false;
    }
    if (drawn !== windows.count) injected++;
    drawn = windows.count;
    picture.lamps.forEach((lamp, group) => {
      const colour = nameOf(lamp);
      const before = held.get(group);
      if (before?.colour !== colour) {
        held.set(group, { colour, leftMs: lamp.minEndMs - atMs, sinceMs: atMs });
      }
      const { leftMs } = held.get(group)!;
      lamp.endMs = lamp.minEndMs = lamp.maxEndMs = (atMs + leftMs) as typeof lamp.endMs;
    });
    return true;
  };
  return {
    hooks: watched(wire, act),
    look({ atMs, said, site, level }, tell) {
      if (!windows.active(atMs) || !said || level !== 'valid') return;
      for (const [group, { leftMs, sinceMs }] of held) {
        // One packet, one turn and the resolution come on top of the 1.1 s.
        if (!Number.isFinite(leftMs) || atMs - sinceMs < 1100 + 200) continue;
        const phase = said.phases.get(site.road.signalGroups[group]!.phase);
        tell('no times after 1.1 s', phase?.timed === false, () => `${atMs - sinceMs} ms`);
        tell('the colour stays', phase?.light !== 'unavailable');
      }
    },
    injected: () => injected,
  };
}

const nameOf = ({ aspect }: Picture['lamps'][number]): string =>
  `${aspect.colour}${aspect.flashing ? ' flashing' : ''}`;

/** Announced ends jump although the plan is fixed. */
function jumping(random: Random): Injection {
  const windows = new Windows(random, between(2000, 6000));
  const wire = new Wire();
  let injected = 0;
  let drawn = 0;
  let shiftMs = 0;
  const before = new Map<number, string>();
  const struck = new Map<number, number>();
  const act = (picture: Picture, atMs: number): boolean => {
    const active = windows.active(atMs);
    if (active && drawn !== windows.count) {
      drawn = windows.count;
      injected++;
      shiftMs = (random.below(2) * 2 - 1) * (1500 + random.below(6000));
      picture.lamps.forEach((lamp, group) => {
        // Only what runs on with the same aspect is seen to jump.
        const left = lamp.minEndMs - atMs;
        const known = before.get(group) === nameOf(lamp);
        if (known && left > 10_000 && left < 60_000) struck.set(group, atMs);
      });
    }
    if (!active) struck.clear();
    picture.lamps.forEach((lamp, group) => {
      const same = before.get(group) === nameOf(lamp);
      before.set(group, nameOf(lamp));
      if (!struck.has(group)) return;
      if (!same) struck.delete(group);
      else lamp.endMs = lamp.minEndMs = lamp.maxEndMs = (lamp.endMs + shiftMs) as typeof lamp.endMs;
    });
    return struck.size > 0;
  };
  return {
    hooks: watched(wire, act),
    look({ atMs, said, site }, tell) {
      if (!said?.coloured) return;
      for (const [group, sinceMs] of struck) {
        if (atMs - sinceMs < 150) continue;
        const phase = said.phases.get(site.road.signalGroups[group]!.phase);
        // A likely end that was learnt may stand where the controller tells none.
        const told = phase !== undefined && (phase.minEnd !== null || phase.maxEnd !== null);
        tell('no announced end after a jump', !told, () => `shift ${shiftMs} ms`);
      }
    },
    injected: () => injected,
  };
}

/** The controller falls silent. */
function silent(random: Random, site: SiteName): Injection {
  const windows = new Windows(random, between(350, 9000));
  const wire = new Wire();
  const limitMs = limitOf(site);
  return {
    hooks: watched(wire, () => false, {
      parcel: (parcel, atMs) => (windows.active(atMs) ? [] : [parcel]),
    }),
    look({ atMs, said }, tell) {
      const newest = wire.newest(atMs);
      const ageMs = newest ? atMs - newest.arrivesMs : Number.POSITIVE_INFINITY;
      tell(`colours rest on data of ${limitMs} ms or less`, !said?.coloured || ageMs <= limitMs,
        () => `${ageMs} ms`);
      const over = newest && ageMs > limitMs + 3000 + 200;
      if (over) tell('silence after 3 s of unavailable', said === null);
    },
    injected: () => windows.count - 1,
  };
}

/** Flash, manual, off: told as such, without times. */
function modes(site: SiteName): Injection {
  const wire = new Wire();
  let injected = 0;
  const bit = (status: string, at: number): boolean => status[at] === '1';
  return {
    orders: orders(0.2, (random) => {
      injected++;
      const kind = random.below(site === 'push' ? 3 : 4);
      const lengthMs = 3000 + random.below(12_000);
      const dark = random.below(2) === 0;
      if (kind === 0) return { manual: true };
      if (kind === 3) return { offMs: lengthMs };
      return { flashMs: lengthMs, failureFlash: kind === 2, dark };
    }),
    hooks: watched(wire, () => false),
    look({ atMs, said }, tell) {
      const told = wire.newest(atMs);
      if (!told || !said?.coloured || site !== 'push') return;
      const { status } = told;
      tell('status bits are exact', bit(said.status, 0) === status.manualControl
        && bit(said.status, 2) === status.failureFlash
        && bit(said.status, 7) === (status.mode === 'flashing' && !status.failureFlash),
      () => `${said.status} for ${JSON.stringify(status)}`);
      if (!status.manualControl && status.mode !== 'flashing') return;
      const timed = [...said.phases.values()].some((phase) => phase.timed);
      tell('no times', !timed);
      if (!status.failureFlash) return;
      const greens = [...said.phases.values()].some(({ light }) => /green/.test(light));
      tell('no green in failure flash', !greens);
    },
    injected: () => injected,
  };
}

/** A pre-emption cuts a green short. */
function preempted(site: SiteName): Injection {
  const wire = new Wire();
  let injected = 0;
  return {
    orders: orders(0.3, () => {
      injected++;
      return { preempt: true };
    }),
    hooks: watched(wire, () => false),
    look({ atMs, said }, tell) {
      const told = wire.newest(atMs);
      if (!told || !said?.coloured || site !== 'push') return;
      tell('the status bit', (said.status[3] === '1') === told.status.preempt);
      if (!told.status.preempt) return;
      tell('no times', ![...said.phases.values()].some((phase) => phase.timed));
    },
    injected: () => injected,
  };
}

/** Lamp groups that nobody knows, or that are missing. */
function strangers(random: Random, site: SiteName): Injection {
  const windows = new Windows(random, between(600, 4000));
  const wire = new Wire();
  const answersMs: number[] = [];
  let drawn = 0;
  let kind = 0;
  let victim = 0;
  const act = (picture: Picture, atMs: number): boolean => {
    if (!windows.active(atMs)) return false;
    if (drawn !== windows.count) {
      drawn = windows.count;
      kind = random.below(2);
      victim = random.below(picture.lamps.length);
    }
    if (kind === 0) {
      const stranger =
        site === 'push' ? `phase:${9 + (victim % 8)}` : String(picture.lamps.length + 1);
      picture.lamps.push({ ...picture.lamps[0]!, lampGroup: stranger, aspect: aspects.green });
    } else if (site === 'push') picture.lamps[victim]!.aspect = aspects.dark;
    else picture.lamps.pop();
    return true;
  };
  const graceMs = site === 'push' ? 0 : limitOf(site);
  const expect =
    answered(wire, answersMs, 'unavailable while groups are not those of the site', graceMs);
  return {
    hooks: watched(wire, act),
    look: expect,
    injected: () => windows.count - 1,
    answersMs,
  };
}

export const faultRows: readonly FaultRow[] = [
  {
    id: 'F34', what: 'conflicting greens in controller data',
    inject: 'a second green beside a conflicting one, 100 to 900 ms',
    expected: 'unavailable in the same cycle; three in a row latch', sites: ['push', 'poll'],
    make: conflicting,
  },
  {
    id: 'F35', what: 'green to red with no yellow', inject: 'the lamp itself leaves yellow out',
    expected: 'the group is unavailable to its next red', sites: ['push'], make: withoutYellow,
  },
  {
    id: 'F36', what: 'yellow too short', inject: 'the lamp shows 0.8 to 2.3 s of yellow',
    expected: 'the next green has no times; the third latches', sites: ['push'], make: shortYellow,
  },
  {
    id: 'F37', what: 'controller starts anew in mid-cycle',
    inject: 'dark and silent, then flashing, then red',
    expected: 'unavailable; colours only after the rule for resuming', sites: ['push', 'poll'],
    make: (_random, site) => reboot(site),
  },
  {
    id: 'F38', what: 'countdown stands still', inject: 'lamps live, times frozen for 3 to 9 s',
    expected: 'times unknown within 1.1 s, colours kept', sites: ['push'], make: frozen,
  },
  {
    id: 'F39', what: 'countdown jumps', inject: 'ends move by 1.5 to 7.5 s in a fixed plan',
    expected: 'no announced end for the rest of that state', sites: ['push'], make: jumping,
  },
  {
    id: 'F40', what: 'controller silent', inject: 'nothing arrives for 0.35 to 9 s',
    expected: 'no colours on data older than the limit; silence after 3 s',
    sites: ['push', 'poll', 'slow'],
    make: silent,
  },
  {
    id: 'F41', what: 'flash, manual, off', inject: 'the controller goes there between stages',
    expected: 'exact status bits, no times, no green in failure', sites: ['push', 'poll'],
    make: (_random, site) => modes(site),
  },
  {
    id: 'F42', what: 'pre-emption cuts green short', inject: 'three of ten stages',
    expected: 'status bit, no times, no stale minimum end', sites: ['push'],
    make: (_random, site) => preempted(site),
  },
  {
    id: 'F43', what: 'unknown, missing or extra group',
    inject: 'one group too many or too few, 0.6 to 4 s',
    expected: 'unavailable', sites: ['push', 'poll'], make: strangers,
  },
  ...byteRows,
  ...clockRows,
];

export const elsewhere: readonly ElsewhereRow[] = [
  {
    id: 'F53', what: 'over 16 participants, ids', reason: 'RSM: no lamp is involved',
    tested: 'test/v2x (splitting, ids), test/gate/messages.test.ts (R34)',
  },
  {
    id: 'F54', what: 'RSI never expires', reason: 'RSI: no lamp is involved',
    tested: 'test/v2x, test/gate/messages.test.ts (R37)',
  },
  {
    id: 'F61', what: 'hostile or wrong NTP',
    reason: 'which clock to trust is decided before the loop; ' +
      'steps that do come through are F55 and F56',
    tested: 'test/live, src/timesource.ts',
  },
];
