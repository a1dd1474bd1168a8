/** What the long run consists of: pieces that workers take one after the other. */
import { seededRandom } from '../../src/base/random.ts';
import type { Random } from '../../src/base/random.ts';
import { faultRows } from './faults.ts';
import type { FaultRow } from './faults.ts';
import { Windows, joined } from './parts.ts';
import { runRow } from './run.ts';
import type { Injection, RowOptions, RowResult } from './run.ts';
import { siteNamed } from './sites.ts';
import type { SiteName } from './sites.ts';

/** One piece of work: the same words give the same octets, wherever it runs. */
export interface Piece {
  /** Row of the table that it belongs to. */
  readonly row: string;
  readonly site: SiteName;
  readonly cycles: number;
  readonly seed: string;
  /** Ids of the faults in it: none, one or two. */
  readonly faults: readonly string[];
  /** Loss of packets: single ones, or two in a row. */
  readonly loss?: { readonly share: number; readonly run: number };
  /** Packets come up to so much late, each by itself, a few seconds at a time, ms. */
  readonly lateMs?: number;
  /** From a turn of the loop to the controller's packet; drawn where left out. */
  readonly phaseMs?: number;
  readonly brisk?: boolean;
  /** Time zone that the process must have. */
  readonly zone?: string;
}

export interface PieceResult extends RowResult {
  readonly piece: Piece;
}

/** Cycles of one piece; a checkpoint is written after each. */
const PIECE_CYCLES = 250;
/** The fault-free week is run in longer ones: the box stands for weeks. */
const CALM_CYCLES = 2020;
/** Zones of F62. */
const zones = ['UTC', 'Asia/Shanghai', 'America/St_Johns', 'Pacific/Chatham'];
/** Cycles that a simulated week has at most, at 50 s each. */
const WEEK_CYCLES = 12_100;

/** Losses of `run` packets in a row, so often that `share` of all are lost. */
function losing(random: Random, { share, run }: NonNullable<Piece['loss']>): Injection {
  let left = 0;
  let injected = 0;
  let afterBurst = false;
  return {
    hooks: {
      parcel(parcel) {
        // Two bursts never touch: together they would be one that is longer.
        if (afterBurst) {
          afterBurst = false;
          return [parcel];
        }
        if (left === 0 && random.next() < share / run / (1 - share + share / run)) left = run;
        if (left === 0) return [parcel];
        left--;
        injected++;
        afterBurst = left === 0 && run > 1;
        return [];
      },
    },
    injected: () => injected,
  };
}

/** Stretches in which each packet is late by as much as it happens to be. */
function late(random: Random, lateMs: number): Injection {
  const windows = new Windows(
    random, (one) => 300 + one.below(4000), (one) => 8000 + one.below(15_000));
  return {
    hooks: {
      parcel: (parcel, atMs) => windows.active(atMs)
        ? [{ ...parcel, arrivesMs: parcel.arrivesMs + random.below(lateMs) }]
        : [parcel],
    },
    injected: () => windows.count - 1,
  };
}

function both(a: Injection, b: Injection): Injection {
  const orders: Injection['orders'] = (stage, cycle, random) => ({
    ...a.orders?.(stage, cycle, random), ...b.orders?.(stage, cycle, random),
  });
  // Two faults at once: what each row expects of itself alone no longer holds; the judge stays.
  return {
    orders, hooks: joined(a.hooks ?? {}, b.hooks ?? {}),
    look(look) {
      a.look?.(look, () => undefined);
      b.look?.(look, () => undefined);
    },
    restarted() {
      a.restarted?.();
      b.restarted?.();
    },
    injected: () => a.injected() + b.injected(),
  };
}

const faultNamed = (id: string): FaultRow => {
  const row = faultRows.find((one) => one.id === id);
  if (!row) throw new Error(`no fault ${id}`);
  return row;
};

export function optionsOf(piece: Piece): RowOptions {
  const { site, cycles, seed, faults, loss, lateMs, phaseMs, brisk } = piece;
  const rows = faults.map(faultNamed);
  const inject = (random: Random): Injection => {
    const [first, second] = rows.map((row) => row.make(random.fork(row.id), site));
    if (first && second) return both(first, second);
    if (first) return first;
    if (lateMs !== undefined) return late(random, lateMs);
    return loss ? losing(random, loss) : { injected: () => 0 };
  };
  const boxes = [...rows.map((row) => row.box ?? {}), phaseMs === undefined ? {} : { phaseMs }];
  const box = Object.assign({}, ...boxes) as NonNullable<FaultRow['box']>;
  return {
    site: siteNamed(site), slow: site === 'slow', seed, cycles, inject, box, brisk: brisk ?? false,
  };
}

/** Runs one piece; what `broken` holds replaces parts of the box, to show that a row can fail. */
export function runPiece(
  piece: Piece, progress?: (cycles: number) => void,
  broken: Pick<RowOptions, 'breakGate' | 'breakSent'> = {},
): PieceResult {
  const result = runRow({ ...optionsOf(piece), ...(progress ? { progress } : {}), ...broken });
  return { ...result, piece };
}

export interface PlanOptions {
  /** All cycles together, about. */
  readonly cycles: number;
  readonly seed: string;
  /** Ids of faults; all where empty. */
  readonly faults: readonly string[];
  readonly pairs: number;
}

/** Cycles of the long form by part; the rest of the asked ones goes to the pairs. */
const LONG = 100_000;

/**
 * The pieces of a run. In the long form (100,000 cycles) each fault has 2,000, a fault-free week
 * and the two kinds of loss a week together, and 500 random pairs share the rest.
 */
export function planOf({ cycles, seed, faults, pairs }: PlanOptions): Piece[] {
  const scale = Math.min(1, cycles / LONG);
  const part = (whole: number): number => Math.max(2, Math.round(whole * scale));
  const chosen = faultRows.filter(({ id }) => faults.length === 0 || faults.includes(id));
  const pieces: Piece[] = [];
  const add = (
    row: string, site: SiteName, all: number,
    more: Omit<Piece, 'row' | 'site' | 'cycles' | 'seed'>,
  ): void => {
    const piece = row === 'none' ? CALM_CYCLES : PIECE_CYCLES;
    for (let done = 0, index = 0; done < all; done += piece, index++) {
      pieces.push({
        row, site, cycles: Math.min(piece, all - done),
        seed: `${seed}/${row}/${site}/${index}`, ...more,
      });
    }
  };
  for (const { id, sites } of chosen) {
    if (id === 'F62') {
      for (const zone of zones) {
        pieces.push({
          row: id, site: 'push', cycles: part(500), seed: `${seed}/${id}/0`, faults: [id], zone,
        });
      }
      continue;
    }
    for (const site of sites) add(id, site, Math.ceil(part(2000) / sites.length), { faults: [id] });
  }
  if (faults.length > 0) return pieces;
  add('none', 'push', part(WEEK_CYCLES), { faults: [] });
  add('none', 'poll', part(2000), { faults: [] });
  add('none', 'slow', part(2000), { faults: [] });
  add('loss 1 %', 'push', part(6000), { faults: [], loss: { share: 0.01, run: 1 } });
  add('loss 5 % in bursts of 2', 'push', part(6000), { faults: [], loss: { share: 0.05, run: 2 } });
  add('loss 5 % in bursts of 2, tick in mid-period', 'push', part(2000), {
    faults: [], loss: { share: 0.05, run: 2 }, phaseMs: 50,
  });
  add('loss 1 %', 'poll', part(1000), { faults: [], loss: { share: 0.01, run: 1 } });
  add('late by up to 150 ms', 'push', part(2000), { faults: [], lateMs: 150 });
  add('late by up to 280 ms', 'push', part(2000), { faults: [], lateMs: 280 });
  return [...pieces, ...pairsOf(pieces, cycles, pairs, seed)];
}

function pairsOf(pieces: readonly Piece[], cycles: number, pairs: number, seed: string): Piece[] {
  const random = seededRandom(`${seed}/pairs`);
  const rows = faultRows.filter(({ id }) => id !== 'F62');
  const left = cycles - pieces.reduce((sum, piece) => sum + piece.cycles, 0);
  const each = Math.max(2, Math.ceil(left / Math.max(1, pairs)));
  return Array.from({ length: pairs }, (_, index): Piece => {
    const first = rows[random.below(rows.length)]!;
    const site = first.sites[random.below(first.sites.length)]!;
    const others = rows.filter(({ id, sites }) => id !== first.id && sites.includes(site));
    const second = others[random.below(others.length)] ?? first;
    return {
      row: 'pairs', site, cycles: each, seed: `${seed}/pairs/${index}`,
      faults: [first.id, second.id],
    };
  });
}
