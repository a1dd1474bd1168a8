/** The processes of a bench: started here, watched here, ended here by their ids. */
import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SystemClock, sleepUntil } from '../../src/base/clock.ts';
import { plusMs } from '../../src/base/time.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import { askDaemon } from '../../src/control.ts';
import { mallocSettings, parentFlags } from '../../src/footprint.ts';
import type { StatusDocument, TimingRow } from '../../src/status.ts';
import type { HelperStart } from './helper.ts';

const clock = new SystemClock();
export const nowMs = (): MonotonicMs => clock.nowMs();
export const sleepMs = (ms: number): Promise<void> => sleepUntil(clock, plusMs(nowMs(), ms));
/** The command line of the built daemon. */
export const cliScript = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

/** Waits until `found` gives something other than null. Errors: after `withinMs`. */
export async function until<T>(
  what: string,
  withinMs: number,
  found: () => Promise<T | null> | T | null,
): Promise<T> {
  const endMs = plusMs(nowMs(), withinMs);
  for (;;) {
    const value = await found();
    if (value !== null) return value;
    if (nowMs() > endMs) throw new Error(`${what}: not within ${withinMs / 1000} s`);
    await sleepMs(20);
  }
}

/** Ends one process: asks, then kills. */
async function end(child: ChildProcess, withinMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((done) => {
    const cancel = clock.at(plusMs(nowMs(), withinMs), () => child.kill('SIGKILL'));
    child.once('exit', () => {
      cancel();
      done();
    });
    child.kill('SIGTERM');
  });
}

/** Puts a process before the rest of the machine where we may; all of a bench stand alike. */
function prefer(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_HIGH);
  } catch {
    // Not allowed: then all of them wait alike.
  }
}

/** A far end in a process of its own. */
export class Helper {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #next = 1;

  private constructor(start: HelperStart) {
    this.#child = fork(fileURLToPath(new URL('./helper.js', import.meta.url)), [], {
      env: { ...process.env, LUKOU_BENCH_HELPER: JSON.stringify(start) },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    prefer(this.#child.pid);
    this.#child.on('message', ({ id, result }: { id: number; result: unknown }) => {
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    });
  }

  static async start(start: HelperStart): Promise<Helper> {
    const helper = new Helper(start);
    await new Promise<void>((ready, failed) => {
      helper.#waiting.set(0, () => ready());
      helper.#child.once('exit', (code) => failed(new Error(`${start.role} ended with ${code}`)));
    });
    return helper;
  }

  ask<T>(question: string): Promise<T> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (result) => resolve(result as T));
      this.#child.send({ id, question }, (error) => {
        if (error) reject(error);
      });
    });
  }

  end(): Promise<void> {
    return end(this.#child, 3000);
  }
}

/** The daemon, alone in its processes. */
export class Daemon {
  readonly startedMs: MonotonicMs;
  readonly data: string;
  readonly #child: ChildProcess;
  readonly #logPath: string;

  /** @param nodeFlags flags for the parent process, such as `--cpu-prof` */
  constructor(siteFolder: string, data: string, nodeFlags: readonly string[] = []) {
    this.data = data;
    mkdirSync(data, { recursive: true });
    this.#logPath = join(data, 'bench.log');
    const log = openSync(this.#logPath, 'w');
    this.startedMs = nowMs();
    this.#child = spawn(
      process.execPath,
      // What the service unit and npm start run it with.
      [...parentFlags, ...nodeFlags, cliScript, 'run', '--site', siteFolder, '--data', data, '--seed', '1'],
      { stdio: ['ignore', log, log], env: { ...mallocSettings, ...process.env } },
    );
    closeSync(log);
    prefer(this.#child.pid); // before it starts its child, which inherits it
  }

  #alive(): void {
    if (this.#child.exitCode === null) return;
    const last = readFileSync(this.#logPath, 'utf8').trim().split('\n').slice(-8).join('\n');
    throw new Error(`the daemon ended with ${this.#child.exitCode}:\n${last}`);
  }

  async #ask(verb: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    this.#alive();
    try {
      return await askDaemon(join(this.data, 'control.sock'), { verb, args });
    } catch {
      return null; // it starts
    }
  }

  /** The status document; null while it starts. Errors: when the daemon has ended. */
  async status(): Promise<StatusDocument | null> {
    return (await this.#ask('status')) as StatusDocument | null;
  }

  /** Timings of the newest messages of a type, from an instant on. */
  async timings(type: string, fromMs: number): Promise<readonly TimingRow[]> {
    const rows = (await this.#ask('timings', { type })) as readonly TimingRow[] | null;
    return (rows ?? []).filter(({ atMs }) => atMs >= fromMs);
  }

  end(): Promise<void> {
    return end(this.#child, 8000);
  }
}

/** Resident memory of a process, megabytes (10⁶ octets); NaN when it is gone. */
export function residentMB(pid: number): number {
  try {
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return (Number(found?.[1]) * 1024) / 1e6;
  } catch {
    return Number.NaN;
  }
}

/** Where the memory of a process lies, megabytes (10⁶ octets). Source: proc(5), `smaps_rollup`. */
export interface MemoryParts {
  readonly resident: number;
  /** Shared pages counted by their share: the program's text is in both processes. */
  readonly proportional: number;
  /** Its own: heaps, stacks, what malloc gave. */
  readonly own: number;
  /** Pages of files: text and constants of node, libraries. */
  readonly files: number;
}

/** The parts of a process; all NaN when it is gone. */
export function memoryParts(pid: number): MemoryParts {
  let text = '';
  try {
    text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  } catch {
    // Gone: the figures say so.
  }
  const of = (name: string): number =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]) * 1024) / 1e6;
  const resident = of('Rss');
  const own = of('Anonymous');
  return { resident, proportional: of('Pss'), own, files: resident - own };
}

/** Resident memory of an empty Node with so many idle worker threads, megabytes. */
export async function bareNodeMB(workers: number): Promise<number> {
  const program = `
    const { Worker } = require('node:worker_threads');
    for (let i = 0; i < ${workers}; i++) new Worker('setInterval(() => {}, 1e6)', { eval: true });
    setTimeout(() => process.send(0), 1000);`;
  const child = spawn(process.execPath, [...parentFlags, '-e', program], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...mallocSettings, ...process.env },
  });
  await new Promise<void>((done) => child.once('message', () => done()));
  const found = memoryParts(child.pid!).resident;
  await end(child, 1000);
  return found;
}

/** CPU time that a process has used, seconds. Source: proc(5), fields utime and stime of `stat`. */
export function cpuS(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100; // clock ticks are 10 ms on Linux
  } catch {
    return Number.NaN;
  }
}

/** What one command did. */
export interface Ran {
  readonly seconds: number;
  readonly code: number;
  readonly output: string;
}

const OUTPUT_MAX = 1 << 20;

/** Runs a program to its end, at the longest `withinMs`; tells each line of stderr and its time. */
export function runToEnd(
  program: string,
  args: readonly string[],
  options: {
    readonly withinMs: number;
    readonly cwd?: string;
    line?(text: string, atS: number): void;
  },
): Promise<Ran> {
  const beganMs = nowMs();
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let output = '';
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    if (output.length < OUTPUT_MAX) output += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    rest += chunk;
    const lines = rest.split('\n');
    rest = lines.pop()!;
    for (const line of lines) options.line?.(line, (nowMs() - beganMs) / 1000);
  });
  return new Promise((done, failed) => {
    const cancel = clock.at(plusMs(beganMs, options.withinMs), () => void end(child, 5000));
    child.once('error', failed);
    child.once('close', (code) => {
      cancel();
      done({ seconds: (nowMs() - beganMs) / 1000, code: code ?? 1, output });
    });
  });
}
