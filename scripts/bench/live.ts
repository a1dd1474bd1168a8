/** Benches with the daemon alive on loopback sockets. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ringFolder } from '../../src/blackbox.ts';
import type { StatusDocument, TimingRow } from '../../src/status.ts';
import type { TimerReport, UnitsReport } from './helper.ts';
import { regularPercent } from './cadence.ts';
import type { GapReport } from './cadence.ts';
import { atLeast, atMost, shortNumber, told } from './model.ts';
import type { Bench, BenchContext, BenchRow } from './model.ts';
import { slopeOf, summaryOf, quantile } from './numbers.ts';
import type { Summary } from './numbers.ts';
import {
  bareNodeMB, cpuS, Daemon, Helper, memoryParts, nowMs, residentMB, sleepMs, until,
} from './processes.ts';
import type { MemoryParts } from './processes.ts';
import { writeBenchSite } from './site.ts';

/** A site with its far ends running; the daemon is started by the bench. */
interface Junction {
  readonly siteFolder: string;
  readonly units: Helper;
  end(): Promise<void>;
}

const FIRST_MESSAGE_WITHIN_MS = 30_000;

async function startJunction(
  folder: string, users: number, phaseLock: boolean, ends: 'units' | 'wire' = 'units',
): Promise<Junction> {
  const siteFolder = await writeBenchSite({ sample: 'demo', folder, phaseLock });
  const helpers: Helper[] = [];
  const endAll = async (): Promise<void> => {
    for (const helper of [...helpers].reverse()) await helper.end();
  };
  try {
    for (const role of ['broker', ends, 'devices'] as const) {
      helpers.push(await Helper.start({ role, siteFolder, users, seed: 7, periodMs: 0 }));
    }
  } catch (error) {
    await endAll();
    throw error;
  }
  return { siteFolder, units: helpers[1]!, end: endAll };
}

/** Starts the daemon and waits for its first RSM. */
async function startDaemon(junction: Junction, data: string): Promise<Daemon> {
  const daemon = new Daemon(junction.siteFolder, data);
  try {
    await until('the first RSM', FIRST_MESSAGE_WITHIN_MS, async () => {
      const status = await daemon.status();
      return status?.messages.some(({ type, sent }) => type === 'RSM' && sent > 0) ? true : null;
    });
  } catch (error) {
    await daemon.end();
    throw error;
  }
  return daemon;
}

const three = ({ p50, p99, max }: Summary): string =>
  `p50 ${shortNumber(p50)}, p99 ${shortNumber(p99)}, max ${shortNumber(max)} ms`;

/** One RSM with its arrival at the unit, null where it did not arrive. */
type RsmRow = TimingRow & { readonly heardMs: number | null };

/** Everything measured in one span of one run. */
interface Span {
  readonly seconds: number;
  readonly rsm: readonly RsmRow[];
  readonly spat: readonly TimingRow[];
  readonly status: StatusDocument;
  readonly participants: number;
  /** Share of one core, parent and child. */
  readonly parentCore: number;
  readonly childCore: number;
}

const PIECE_S = 5;
/** Just after the newest row that is known: messages of one turn share their instant. */
const afterLast = (rows: readonly TimingRow[], fromMs: number): number =>
  Math.max(fromMs, (rows.at(-1)?.atMs ?? 0) + 1e-4);

async function measure(daemon: Daemon, junction: Junction, seconds: number): Promise<Span> {
  const before = await daemon.status();
  if (!before) throw new Error('the daemon does not answer');
  const { parent, child } = before.pid;
  await junction.units.ask<UnitsReport>('reset');
  const fromMs = nowMs();
  const parentS = cpuS(parent);
  const childS = cpuS(child);
  const rsm: TimingRow[] = [];
  const spat: TimingRow[] = [];
  const heardMs = new Map<number, number>();
  let participants = 0;
  // In pieces: the daemon keeps the newest few thousand rows only.
  for (let leftS = seconds; leftS > 0; leftS -= PIECE_S) {
    await sleepMs(Math.min(PIECE_S, leftS) * 1000);
    rsm.push(...(await daemon.timings('RSM', afterLast(rsm, fromMs))));
    spat.push(...(await daemon.timings('SPAT', afterLast(spat, fromMs))));
    await sleepMs(100); // the last of them are on their way
    const heard = await junction.units.ask<UnitsReport>('');
    participants = heard.participants / Math.max(1, heard.counts['RSM'] ?? 0);
    for (const [crc, atMs] of heard.rsms) heardMs.set(crc, atMs);
  }
  const spanS = (nowMs() - fromMs) / 1000;
  const parentCore = (cpuS(parent) - parentS) / spanS;
  const childCore = (cpuS(child) - childS) / spanS;
  const status = await daemon.status();
  if (!status) throw new Error('the daemon does not answer');
  const rows = rsm.map((row) => ({ ...row, heardMs: heardMs.get(row.crc) ?? null }));
  return { seconds, rsm: rows, spat, status, participants, parentCore, childCore };
}

const known = (values: readonly (number | null)[]): number[] =>
  values.filter((value) => value !== null);

/** Rows of one run: waiting, computing, the way to the unit, and the age of each main sensor. */
function ageRows(span: Span, mode: string, goals: AgeGoals): BenchRow[] {
  const { rsm } = span;
  const evident = rsm.filter(({ ageMs }) => ageMs !== null);
  const toUnit = (row: RsmRow): number | null => row.heardMs && row.heardMs - row.handedMs;
  const all = summaryOf(known(evident.map((row) => row.heardMs && row.ageMs! + toUnit(row)!)));
  const wait = summaryOf(known(evident.map(({ waitMs }) => waitMs)));
  const compute = summaryOf(evident.map(({ computeMs }) => computeMs));
  const way = summaryOf(known(evident.map(toUnit)));
  const sensors = Object.keys(rsm[0]?.mainAgeMs ?? {}).sort();
  const ageOf = (id: string): Summary =>
    summaryOf(rsm.flatMap(({ mainAgeMs }) => (mainAgeMs[id] === undefined ? [] : [mainAgeMs[id]])));
  return [
    atMost(`${mode}: newest evidence received → RSM at the unit, p50`, all.p50, goals.p50, 'ms'),
    atMost(`${mode}: the same, p99`, all.p99, goals.p99, 'ms'),
    told(`${mode}: the same, max`, `${shortNumber(all.max)} ms`),
    told(`${mode}: of it waiting for the tick`, three(wait)),
    told(`${mode}: of it computing`, three(compute)),
    ...(goals.compute === null
      ? []
      : [atMost(`${mode}: computing, p99`, compute.p99, goals.compute, 'ms')]),
    told(`${mode}: of it pacing and the way to the unit`, three(way)),
    ...sensors.map((id) => told(`${mode}: age of the newest frame of ${id}`, three(ageOf(id)))),
  ];
}

/** What is wanted of one run, ms. */
interface AgeGoals {
  readonly p50: number;
  readonly p99: number;
  readonly compute: number | null;
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

function describe(mode: string, span: Span): string {
  const gate = span.status.gate.nodes.map(({ level }) => level).join(', ');
  const signals = span.status.loops.find(({ loop }) => loop === 'signals');
  const unavailable = signals?.counters['gate_level_unavailable'] ?? 0; // it begins so
  return (
    `${mode}: ${span.rsm.length} RSMs in ${span.seconds} s, ` +
    `${shortNumber(span.participants)} participants each, ` +
    `${span.status.tracks.length} tracks and gate ${gate} at the end, ` +
    `${Math.max(0, unavailable - 1)} falls to unavailable after the start; ` +
    `parent ${percent(span.parentCore)}, child ${percent(span.childCore)} of a core.`
  );
}

/** Ages with the phase lock on and off. */
function liveBench(users: number): Bench {
  return {
    name: `live-${users}`,
    title: `Age of evidence in RSMs, demo junction with ${users} users`,
    async run({ short, folder, note }) {
      const rows: BenchRow[] = [];
      const notes: string[] = [];
      for (const phaseLock of short ? [true] : [true, false]) {
        const mode = phaseLock ? 'phase lock on' : 'phase lock off';
        note(`${mode} ...`);
        const place = join(folder, phaseLock ? 'on' : 'off');
        const junction = await startJunction(place, users, phaseLock);
        try {
          const daemon = await startDaemon(junction, join(place, 'data'));
          try {
            await sleepMs(short ? 1000 : 15_000);
            const span = await measure(daemon, junction, short ? 3 : 60);
            const compute = users >= 200 ? 5 : null;
            rows.push(...ageRows(span, mode, { p50: phaseLock ? 25 : 55, p99: 105, compute }));
            notes.push(describe(mode, span));
          } finally {
            await daemon.end();
          }
        } finally {
          await junction.end();
        }
      }
      notes.push(
        'Every message of the span counts; the first 15 s after the first RSM are left out.',
        'Waiting: arrival of the newest evidence → the tick began; the frame is applied in it ' +
          'already (bench `stages`). Computing: the tick began → handed to the link, with what ' +
          'is left to apply, composing, the way to the parent and the gate of all RSMs of the ' +
          'cycle before it. A cycle sends several RSMs; the link keeps `minGapMs` of the site ' +
          'between them, which is the pacing and no computing.',
      );
      return { rows, notes };
    },
  };
}

/** How late the loops are, beside a bare timer. */
const lateness: Bench = {
  name: 'lateness',
  title: 'Lateness of the loops beside a bare timer, 200 users',
  async run({ short, folder }) {
    const junction = await startJunction(folder, short ? 40 : 200, true);
    const started: { end(): Promise<void> }[] = [junction];
    try {
      const timer = (periodMs: number): Promise<Helper> =>
        Helper.start({ role: 'timer', siteFolder: '', users: 0, seed: 0, periodMs });
      const timers = [await timer(100), await timer(50)];
      started.push(...timers);
      const daemon = await startDaemon(junction, join(folder, 'data'));
      started.push(daemon);
      await sleepMs(short ? 1000 : 15_000);
      for (const one of timers) await one.ask('reset');
      const span = await measure(daemon, junction, short ? 3 : 60);
      const rows: BenchRow[] = [];
      const loops = [['signals', span.spat], ['perception', span.rsm]] as const;
      for (const [index, [loop, timings]] of loops.entries()) {
        // Messages of one turn share its lateness: each turn counts once.
        const turns = new Map(timings.map((row) => [row.atMs, row.latenessMs]));
        const late = summaryOf([...turns.values()]);
        const timed = await timers[index]!.ask<TimerReport>('');
        const bare = { count: timed.count, p50: timed.p50Ms, p99: timed.p99Ms, max: timed.maxMs };
        const period = index === 0 ? 100 : 50;
        const whole = span.status.loops.find((status) => status.loop === loop);
        rows.push(
          told(`loop ${loop}, every ${period} ms`, `${three(late)} (${late.count} turns)`),
          told(
            `bare timer, every ${period} ms`,
            `${three(bare)} (${bare.count} turns)`,
          ),
          told(
            `loop ${loop} to bare timer`,
            `p99 ×${shortNumber(late.p99 / bare.p99)}, max ×${shortNumber(late.max / bare.max)}`,
          ),
          told(
            `loop ${loop} since its start`,
            `p99 ${shortNumber(whole?.lateness.p99Ms ?? Number.NaN)}, ` +
              `max ${shortNumber(whole?.lateness.maxMs ?? Number.NaN)} ms, ` +
              `${whole?.skippedTicks ?? 0} deadlines missed`,
          ),
        );
      }
      return {
        rows,
        notes: [
          describe('phase lock on', span),
          'A bare timer is the same loop with nothing to do, in a process of its own then.',
          'Of the perception loop the turns that sent an RSM count (every second one).',
        ],
      };
    } finally {
      for (const one of started.reverse()) await one.end();
    }
  },
};

const FLAT_MB_PER_MINUTE = 0.5;

interface MemorySample {
  readonly minute: number;
  readonly parent: number;
  readonly child: number;
}

const bothOf = ({ parent, child }: MemorySample): number => parent + child;
const rounded = (value: number): string => value.toFixed(0);
const bothText = ({ parent, child }: MemorySample): string =>
  `${rounded(parent)} + ${rounded(child)}`;

const partsText = ({ resident, own, files }: MemoryParts): string =>
  `${rounded(resident)} MB: own ${rounded(own)}, files ${rounded(files)}`;

/** What the black box of a data folder holds in memory outside the processes. */
function ringMB(dataFolder: string): number {
  const folder = ringFolder(dataFolder);
  if (folder === null) return 0;
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / 1e6;
}

/** Resident memory of both processes over minutes. */
const memory: Bench = {
  name: 'memory',
  title: 'Resident memory of the daemon, 40 users',
  async run({ short, folder, note }) {
    const everyMs = short ? 1000 : 60_000;
    const samples = short ? 4 : 10;
    const junction = await startJunction(folder, 40, true);
    try {
      const daemon = await startDaemon(junction, join(folder, 'data'));
      try {
        const pid = (await daemon.status())!.pid;
        const found: MemorySample[] = [];
        const began = nowMs();
        for (let turn = 1; turn <= samples; turn++) {
          await sleepMs(began + turn * everyMs - nowMs());
          const parent = residentMB(pid.parent);
          const child = residentMB(pid.child);
          const minute = (nowMs() - began) / 60_000;
          note(`${minute.toFixed(1)} min: parent ${rounded(parent)}, child ${rounded(child)} MB`);
          found.push({ minute, parent, child });
        }
        const last = found.at(-1)!;
        const parts = { parent: memoryParts(pid.parent), child: memoryParts(pid.child) };
        const floors = `${rounded(await bareNodeMB(1))} + ${rounded(await bareNodeMB(2))} MB`;
        // The first two minutes fill buffers and compile code.
        const later = found.filter(({ minute }) => short || minute > 2);
        const slope = slopeOf(later.map((one) => [one.minute, bothOf(one)]));
        return {
          rows: [
            atMost('both processes at the end', bothOf(last), 200, 'MB'),
            told('parent', partsText(parts.parent)),
            told('child', partsText(parts.child)),
            told('both, shared pages counted once', `${rounded(parts.parent.proportional + parts.child.proportional)} MB`),
            told('black box in tmpfs, in neither process', `${ringMB(daemon.data).toFixed(1)} MB`),
            told('empty Node, one and two threads (parent, child)', floors),
            told('most of both', `${rounded(Math.max(...found.map(bothOf)))} MB`),
            atMost('slope of both', slope, FLAT_MB_PER_MINUTE, 'MB/min'),
          ],
          notes: [
            `Parent + child, MB: ${found.map(bothText).join(', ')}.`,
            short
              ? 'A short run says nothing of the slope.'
              : 'One sample a minute; the slope is of the samples after minute 2.',
          ],
        };
      } finally {
        await daemon.end();
      }
    } finally {
      await junction.end();
    }
  },
};

/** Seconds from the start of the daemon to the first messages. */
interface FirstS {
  readonly spat: number;
  readonly valid: number;
  readonly rsm: number;
}

const firstText = (first: FirstS): string =>
  [first.spat, first.valid, first.rsm].map((seconds) => seconds.toFixed(2)).join(' / ');

async function oneStart(junction: Junction, data: string): Promise<FirstS> {
  await junction.units.ask('reset');
  const daemon = new Daemon(junction.siteFolder, data);
  try {
    return await until('the first valid SPAT and RSM', FIRST_MESSAGE_WITHIN_MS, async () => {
      await daemon.status(); // errors when the daemon has ended
      const { firstMs, firstValidSpatMs } = await junction.units.ask<UnitsReport>('');
      const { SPAT, RSM } = firstMs;
      if (SPAT === undefined || RSM === undefined || firstValidSpatMs === null) return null;
      const since = (atMs: number): number => (atMs - daemon.startedMs) / 1000;
      return { spat: since(SPAT), valid: since(firstValidSpatMs), rsm: since(RSM) };
    });
  } finally {
    await daemon.end();
  }
}

/** From the start of the process to the first messages at the unit. */
const start: Bench = {
  name: 'start',
  title: 'From the start of the daemon to the first messages at the unit, 40 users',
  async run({ short, folder, note }: BenchContext) {
    const junction = await startJunction(folder, 40, true);
    try {
      const runs: FirstS[] = [];
      for (let run = 1; run <= (short ? 1 : 5); run++) {
        const found = await oneStart(junction, join(folder, `data-${run}`));
        note(`start ${run}: ${firstText(found)} s`);
        runs.push(found);
      }
      const median = (of: (run: FirstS) => number): number => quantile(runs.map(of), 0.5);
      return {
        rows: [
          atMost('first SPAT (unavailable), median', median(({ spat }) => spat), 2, 's'),
          atMost('first valid SPAT, median (2 s + rule R4)', median(({ valid }) => valid), 4, 's'),
          atMost('first RSM, median', median(({ rsm }) => rsm), 3, 's'),
        ],
        notes: [
          `${runs.length} starts with an empty data folder; SPAT / valid / RSM: ` +
            `${runs.map(firstText).join('; ')} s.`,
          'From the start of the process to the arrival at the unit.',
          'Valid: some group tells when its state ends.',
          'The simulated controller reports at 5 Hz.',
        ],
      };
    } finally {
      await junction.end();
    }
  },
};

const CADENCE_MINUTES = 10;
const GAP_MAX_MS = 300;
/** The goal, %; or the bare timer's own share less this, whichever is lower. */
const REGULAR_PERCENT = 99.9;
const BELOW_TIMER_PERCENT = 0.1;

/** How often each level was entered: where the gate chose silence, nothing is on the wire. */
const levelsOf = (status: StatusDocument | null): string =>
  (status?.loops ?? [])
    .flatMap(({ counters }) => Object.entries(counters))
    .flatMap(([name, count]) =>
      name.startsWith('gate_level_') ? `${name.slice('gate_level_'.length)} ${count}` : [])
    .join(', ') || 'not told';

/** SPAT as a unit hears it, beside a bare timer over the same time. */
const cadence: Bench = {
  name: 'cadence',
  title: 'Cadence of SPAT on the wire beside a bare timer, 40 users',
  onlyNamed: true, // it takes ten minutes
  async run({ short, folder, minutes }) {
    const spanMs = short ? 5000 : (minutes ?? CADENCE_MINUTES) * 60_000;
    const junction = await startJunction(folder, 40, true, 'wire');
    const started: { end(): Promise<void> }[] = [junction];
    try {
      const idle = { siteFolder: '', users: 0, seed: 0, periodMs: 100 };
      const timer = await Helper.start({ role: 'timer', ...idle });
      started.push(timer);
      const daemon = await startDaemon(junction, join(folder, 'data'));
      started.push(daemon);
      await sleepMs(short ? 1000 : 15_000);
      for (const one of [timer, junction.units]) await one.ask('reset');
      await sleepMs(spanMs);
      const [bare, heard] = [
        await timer.ask<TimerReport>(''), await junction.units.ask<GapReport>(''),
      ];
      const goal = Math.min(REGULAR_PERCENT, regularPercent(bare) - BELOW_TIMER_PERCENT);
      return {
        rows: [
          atLeast('SPAT pairs of 100 ± 10 ms at the unit', regularPercent(heard), Number(goal.toFixed(3)), '%'),
          told('the same of the bare timer', `${regularPercent(bare).toFixed(3)} %`),
          told('irregular pairs', `${heard.pairs - heard.within} of ${heard.pairs}; bare timer ` +
            `${bare.pairs - bare.within} of ${bare.pairs}`),
          atMost('longest gap at the unit', heard.maxGapMs, GAP_MAX_MS, 'ms'),
          told('times that the gate entered a level', levelsOf(await daemon.status())),
          told('longest gap of the bare timer', `${shortNumber(bare.maxGapMs)} ms`),
        ],
        notes: [
          `${(spanMs / 60_000).toFixed(1)} minutes from 15 s after the first RSM; the goal is 99.9 % or ` +
            'the bare timer’s own share less 0.1 %, whichever is lower.',
          'The unit notes the arrival of each SPAT at its socket, in a process of its own: its own ' +
            'lateness is in the figure. The bare timer is the same loop with nothing to do.',
        ],
      };
    } finally {
      for (const one of started.reverse()) await one.end();
    }
  },
};

export const liveBenches: readonly Bench[] = [
  liveBench(40),
  liveBench(200),
  lateness,
  memory,
  start,
  cadence,
];
