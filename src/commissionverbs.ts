/** The verbs of the control socket that a walk around the junction needs. */
import type { Clock } from './base/clock.ts';
import { Fault } from './base/fault.ts';
import { commissionTexts as texts } from './base/texts/commission.ts';
import { plusMs } from './base/time.ts';
import type { CommissionStatus } from './commission.ts';
import type { Commissioner } from './commissioner.ts';
import type { ControlVerb } from './control.ts';
import type { LampRow } from './status.ts';

/** One picture of the lamps, for who walks. */
export interface LampsView {
  readonly utcMs: number;
  readonly lamps: readonly LampRow[];
}

const LAMPS_PERIOD_MS = 200;

interface Around {
  readonly commissioner: Commissioner;
  readonly clock: Clock;
  lamps(): readonly LampRow[];
  /** Makes the signals loop read the record; gives what it holds now, or false where it is silent. */
  reload(): Promise<unknown>;
}

const utcNow = (clock: Clock): number => clock.utcAt().utcMs;

/** Waits on the daemon's clock. */
const sleep = (clock: Clock, ms: number): Promise<void> =>
  new Promise((done) => void clock.at(plusMs(clock.nowMs(), ms), done));

/** The record on disk and what the gate holds must be one; else the person is told. */
async function reloaded(around: Around, wanted: 'commissioned' | 'none'): Promise<CommissionStatus> {
  const status = (await around.reload()) as CommissionStatus | false;
  if (status !== false && status.state === wanted) return status;
  throw new Fault('REFUSED', {
    subject: 'commission', expected: texts.fault_loaded,
    got: status === false ? '–' : status.told, next: texts.fault_loaded_next,
  });
}

/** Verbs by name. */
export function commissionVerbs(around: Around): Record<string, ControlVerb> {
  const { commissioner, clock } = around;
  return {
    commission: { changes: false, run: () => commissioner.view() },
    lamps: {
      changes: false,
      async run(_args, emit, gone) {
        while (!gone.aborted) {
          emit({ utcMs: utcNow(clock), lamps: around.lamps() } satisfies LampsView);
          await sleep(clock, LAMPS_PERIOD_MS);
        }
        return null;
      },
    },
    'commission-answer': {
      changes: true,
      async run(args) {
        const given = args['kind'] === 'lamp' && args['at'] === undefined
          ? { ...args, at: utcNow(clock) } : args;
        const waitMs = commissioner.waitMs(given, utcNow(clock));
        if (waitMs > 0) await sleep(clock, waitMs);
        return commissioner.answer(given, utcNow(clock));
      },
    },
    'commission-finish': {
      changes: true,
      async run() {
        const done = commissioner.finish(utcNow(clock));
        const status = await reloaded(around, 'commissioned');
        return { ...done, status };
      },
    },
    'commission-revoke': {
      changes: true,
      async run() {
        const revoked = commissioner.revoke(utcNow(clock));
        return { revoked, status: await reloaded(around, 'none') };
      },
    },
  };
}
