import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { SystemClock } from '../../src/base/clock.ts';

/** What was measured on, and when. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly node: string;
  readonly kernel: string;
  readonly architecture: string;
  readonly date: string;
  /** One, five and fifteen minutes. */
  readonly load: readonly number[];
}

/** Model of the processor; `os.cpus()` knows none on some ARM boards. */
function processor(): string {
  const model = cpus()[0]?.model.trim();
  if (model && model !== 'unknown') return model;
  try {
    const facts = readFileSync('/proc/cpuinfo', 'utf8');
    return /^(?:model name|Model|Hardware)\s*:\s*(.+)$/m.exec(facts)?.[1] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

/** The machine as of now. */
export function machineNow(): Machine {
  return {
    cpu: processor(),
    cores: cpus().length,
    memoryGB: Number((totalmem() / 1e9).toFixed(1)),
    node: process.versions.node,
    kernel: release(),
    architecture: process.arch,
    date: new Date(new SystemClock().utcAt().utcMs).toISOString().slice(0, 16).replace('T', ' '),
    load: loadavg().map((value) => Number(value.toFixed(2))),
  };
}

/** One line for people. */
export const machineLine = (machine: Machine): string =>
  `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB, ${machine.architecture}, ` +
  `Linux ${machine.kernel}, Node ${machine.node}, ${machine.date} UTC, ` +
  `load average ${machine.load.join(' / ')}`;
