/** Benches without sockets: simulator, replay, stages of a loop, codec, fusion. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PerceptionWork } from '../../src/perceptionloop.ts';
import { replay } from '../../src/replay.ts';
import { youngCollector } from '../../src/runtime/young.ts';
import { simulateRecording } from '../../src/simulaterun.ts';
import { loadSite } from '../../src/site.ts';
import { atLeast, shortNumber, told } from './model.ts';
import type { Bench, BenchRow } from './model.ts';
import { quantile, summaryOf } from './numbers.ts';
import { cliScript, nowMs, runToEnd } from './processes.ts';
import { sampleSite } from './site.ts';
import { uperBench } from './uper.ts';

const COMMAND_WITHIN_MS = 180_000;

/** How long one command took, start of the process included. */
interface Took {
  readonly seconds: number;
  /** Of the processor, all threads: what a machine without other work would need at the most. */
  readonly cpuS: number;
}

/** Tells its CPU time at its end. */
const tellCpu =
  'data:text/javascript,process.on("exit",()=>{const{user,system}=process.cpuUsage();' +
  'process.stderr.write(`\\nbench_cpu_us ${user+system}\\n`)})';

/** Runs `lukou`. Errors: any end but 0. */
async function lukou(args: readonly string[], note: (line: string) => void): Promise<Took> {
  const said: string[] = [];
  let cpuS = Number.NaN;
  const ran = await runToEnd(process.execPath, ['--import', tellCpu, cliScript, ...args], {
    withinMs: COMMAND_WITHIN_MS,
    line(text) {
      const told = /^bench_cpu_us (\d+)$/.exec(text);
      if (told) cpuS = Number(told[1]) / 1e6;
      else said.push(text);
    },
  });
  if (ran.code !== 0) {
    throw new Error(`lukou ${args[0]} ended with ${ran.code}: ${said.slice(-5).join(' ')}`);
  }
  note(`lukou ${args[0]}: ${ran.seconds.toFixed(2)} s, CPU ${cpuS.toFixed(2)} s`);
  return { seconds: ran.seconds, cpuS };
}

const medianS = (times: readonly Took[]): number =>
  quantile(times.map(({ seconds }) => seconds), 0.5);
const medianCpuS = (times: readonly Took[]): number =>
  quantile(times.map(({ cpuS }) => cpuS), 0.5);

const simulateArgs = (seconds: number, out: string): string[] =>
  `simulate --seconds ${seconds} --seed 7 --users 40 --site`
    .split(' ')
    .concat(sampleSite('demo'), '--out', out);
const replayArgs = (recording: string, out: string): string[] =>
  ['replay', recording, '--site', sampleSite('demo'), '--pace', 'max', '--out', out];

/** SHA-256 of every file of a folder, names included. */
export function folderHash(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}

const folderMB = (folder: string): number =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / 1e6;

const simulate: Bench = {
  name: 'simulate',
  title: 'Simulator, 40 users on the demo junction with all devices',
  async run({ short, folder, note }) {
    const seconds = short ? 5 : 60;
    const times: Took[] = [];
    for (let run = 0; run < (short ? 1 : 3); run++) {
      times.push(await lukou(simulateArgs(seconds, join(folder, `run-${run}`)), note));
    }
    const median = medianS(times);
    return {
      rows: [
        told(`${seconds} s simulated, median`, `${shortNumber(median)} s`),
        told('faster than real time', `×${shortNumber(seconds / median)}`),
        told('CPU time, median', `${shortNumber(medianCpuS(times))} s`),
      ],
      notes: [`${times.length} runs as commands, start of the process included, on one core.`],
    };
  },
};

const replayBench: Bench = {
  name: 'replay',
  title: 'Replay of a recording with 40 users at --pace max',
  async run({ short, folder, note }) {
    const seconds = short ? 5 : 60;
    const recording = join(folder, 'recording');
    await lukou(simulateArgs(seconds, recording), note);
    const times: Took[] = [];
    const hashes = new Set<string>();
    let written = 0;
    for (let run = 0; run < (short ? 2 : 5); run++) {
      const out = join(folder, `out-${run}`);
      times.push(await lukou(replayArgs(recording, out), note));
      hashes.add(folderHash(out));
      written = folderMB(out);
    }
    const median = medianS(times);
    const [first] = hashes;
    const same: BenchRow = {
      what: 'different outputs among the replays',
      result: `${hashes.size}`,
      goal: '1',
      met: hashes.size === 1,
    };
    return {
      rows: [
        atLeast('faster than real time, median', seconds / median, 20, '×'),
        told(`${seconds} s replayed, median`, `${shortNumber(median)} s`),
        told('CPU time, median', `${shortNumber(medianCpuS(times))} s`),
        same,
      ],
      notes: [
        `${times.length} replays: ${times.map((one) => one.seconds.toFixed(2)).join(', ')} s, ` +
          `start of the process and ${shortNumber(written)} MB of output included.`,
        `SHA-256 over all output files: ${(first ?? '').slice(0, 16)}….`,
      ],
    };
  },
};

/** What the stages of the perception loop are called here, in the order of a tick. */
const stageTexts: Readonly<Record<Exclude<PerceptionWork, 'idle'>, string>> = {
  apply: 'ahead of the tick: frames applied',
  predict: 'tick: last frames, prediction, tracks',
  compose: 'tick: RSMs composed',
  offer: 'tick: RSMs through the gate',
  events: 'tick, after the RSMs left: events',
  statistics: 'tick, after: statistics',
  signs: 'tick, after: signs',
  view: 'tick, after: city messages and views',
};

/** Both loops in one thread at real pace: what each stage takes of the processor's time. */
const stages: Bench = {
  name: 'stages',
  title: 'Stages of the perception loop, 200 users',
  async run({ short, folder }) {
    const recording = join(folder, 'recording');
    const site = loadSite(sampleSite('demo'));
    const seconds = short ? 3 : 30;
    await simulateRecording({ site, seconds, seed: 7, users: 200, out: recording });
    const took = new Map<PerceptionWork, number[]>();
    const collect = youngCollector();
    let tick = new Map<PerceptionWork, number>();
    let work: PerceptionWork = 'idle';
    let sinceMs = nowMs();
    const note = (of: PerceptionWork, ms: number): void => {
      took.set(of, [...(took.get(of) ?? []), ms]);
    };
    const lap = (next: PerceptionWork): void => {
      const atMs = nowMs();
      tick.set(work, (tick.get(work) ?? 0) + atMs - sinceMs);
      work = next;
      if (next === 'idle' && tick.has('view')) {
        // Only turns that send are compared; they alone compose.
        if ((tick.get('compose') ?? 0) > 0.02) for (const [of, ms] of tick) note(of, ms);
        tick = new Map();
        collect();
      }
      sinceMs = nowMs();
    };
    await replay({ recording, site, out: null, pace: 'real', lap });
    const row = (of: Exclude<PerceptionWork, 'idle'>): BenchRow => {
      const { p50, p99, max } = summaryOf((took.get(of) ?? []).slice(short ? 0 : 50));
      const most = `max ${shortNumber(max)} ms`;
      return told(stageTexts[of], `p50 ${shortNumber(p50)}, p99 ${shortNumber(p99)}, ${most}`);
    };
    return {
      rows: (Object.keys(stageTexts) as Exclude<PerceptionWork, 'idle'>[]).map(row),
      notes: [
        'A recording at real pace, both loops in one thread; turns that send an RSM. Live, the ' +
          'hand-over between the processes and the socket come to it: `live-200` counts them too.',
      ],
    };
  },
};

/** A bench of `test/bench`, where the small forms live beside the tests. */
const ofTests = (name: string): Promise<unknown> =>
  import(new URL(`../../test/bench/${name}.bench-run.js`, import.meta.url).href);

interface FusionFindings {
  readonly frames: readonly {
    readonly users: number;
    readonly frames: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
    readonly rewindMs: number;
    readonly tracks: number;
    readonly checksum: number;
  }[];
  readonly filter: readonly {
    readonly model: string;
    readonly oursUs: number;
    readonly peerUs: number;
    readonly ratio: number;
  }[];
}

const fusion: Bench = {
  name: 'fusion',
  title: 'Fusion: one frame of one sensor, and the filter beside a package',
  async run({ short }) {
    const { runFusionBench } = (await ofTests('fusion')) as {
      runFusionBench(small?: boolean): FusionFindings;
    };
    const { frames, filter } = runFusionBench(short);
    return {
      rows: [
        ...frames.map((row) =>
          told(
            `one frame, ${row.users} users`,
            `p50 ${shortNumber(row.p50Ms)}, p99 ${shortNumber(row.p99Ms)} ms; ` +
              `a frame 300 ms late ${shortNumber(row.rewindMs)} ms`,
          ),
        ),
        ...filter.map((row) =>
          told(
            `predict and update, ${row.model}`,
            `${shortNumber(row.oursUs)} µs; kalman-filter ${shortNumber(row.peerUs)} µs, ` +
              `×${shortNumber(row.ratio)}`,
          ),
        ),
      ],
      notes: frames.map(
        ({ users, frames: count, tracks, checksum }) =>
          `${users} users: ${count} frames, ${tracks} tracks, checksum ${checksum}.`,
      ),
    };
  },
};

export const offlineBenches: readonly Bench[] = [simulate, replayBench, stages, uperBench, fusion];
