/** The daemon's part in a walk: it alone holds the lamps, judges, keeps and writes. */
import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { WitnessColour } from './base/evidence.ts';
import { Fault } from './base/fault.ts';
import { filledText } from './base/text.ts';
import type { Text } from './base/text.ts';
import { commissionTexts as texts } from './base/texts/commission.ts';
import { factTexts } from './base/texts/faults.ts';
import { writeWhole } from './boot.ts';
import {
  COMMISSION_FORMAT, commissionRecord, readCommission, revokeCommission, writeCommission,
} from './commission.ts';
import type { CommissionRecord, CommissionStatus } from './commission.ts';
import {
  TOLERANCE_MS, answerArm, answerCabinet, answerLamp, beginWalk, compareMatrix, groupPart, openOf,
  recordOf, walkOf,
} from './commissionwalk.ts';
import type { Outcome, Walk, WalkArm, WalkGroup, WalkPart } from './commissionwalk.ts';
import { LampLog } from './lamplog.ts';
import type { Site } from './model/site.ts';
import type { SignalState } from './model/signal.ts';

const PART_FILE = 'commission-half.json';
const NAME_MAX = 80;
/** The log hears of lamps ten times a second, by way of another thread. */
const LOG_LATE_MS = 500;
const PAIRS_MAX = 4096;

/** How to press a lamp: what people may say of one. */
export const sayableLamps = [
  'red', 'yellow', 'green', 'red-yellow', 'dark', 'flashing-red', 'flashing-yellow', 'flashing-green',
] as const satisfies readonly WitnessColour[];

/** What the verb `commission` tells. */
export interface CommissionView {
  readonly status: CommissionStatus;
  readonly record: CommissionRecord | null;
  readonly walk: Walk;
  /** Half-done, of this very safety part. */
  readonly part: WalkPart | null;
  readonly open: readonly Text[];
}

/** What the verb `commission-answer` tells. */
export interface AnswerView {
  readonly outcome: Outcome['outcome'] | 'begun' | 'kept';
  readonly shown: WitnessColour;
  readonly group: string | null;
  readonly confirmed: number;
  readonly open: number;
}

type Arguments = Readonly<Record<string, unknown>>;

const refuse = (expected: Text, got: string | Text, next: Text): never => {
  throw new Fault('REFUSED', { subject: 'commission', expected, got, next });
};

/** Keeps the log of lamps and the half-done walk of one site. */
export class Commissioner {
  readonly log: LampLog;
  readonly #site: Site;
  readonly #folder: string;
  readonly #software: string;
  readonly #walk: Walk;
  #part: WalkPart | null;

  constructor(site: Site, folder: string, software: string) {
    this.#site = site;
    this.#folder = folder;
    this.#software = software;
    this.#walk = walkOf(site);
    this.log = new LampLog(site.road.signalGroups);
    this.#part = this.#readPart();
  }

  lamps(states: readonly SignalState[], utcMs: number): void {
    this.log.accept(states, utcMs);
  }

  view(): CommissionView {
    const part = this.#part;
    return {
      status: readCommission(this.#folder, this.#site), record: commissionRecord(this.#folder),
      walk: this.#walk, part, open: part ? openOf(this.#walk, part) : [],
    };
  }

  /** How long an answer of this instant has to wait until the log can judge it, ms. */
  waitMs(args: Arguments, nowUtcMs: number): number {
    if (args['kind'] !== 'lamp') return 0;
    const atMs = Number(args['at'] ?? nowUtcMs);
    return Math.min(Math.max(0, atMs + TOLERANCE_MS - this.log.newestMs), 2 * TOLERANCE_MS);
  }

  /** Takes one answer and keeps it before anything is said. Errors: `Fault`. */
  answer(args: Arguments, nowUtcMs: number): AnswerView {
    const kind = String(args['kind'] ?? '');
    if (kind === 'begin') return this.#begin(args, nowUtcMs);
    const part = this.#part;
    if (!part) return refuse(texts.fault_begun, factTexts.none, texts.fault_begun_next);
    switch (kind) {
      case 'lamp': {
        const lamp = sayableLamps.find((one) => one === args['lamp']);
        const atMs = Number(args['at'] ?? nowUtcMs);
        if (!lamp || !Number.isFinite(atMs)) return this.#bad(args);
        const group = this.#group(args);
        // What the log has not reached is not judged: a clock ahead, or lamps no longer heard of.
        if (atMs + TOLERANCE_MS - LOG_LATE_MS > this.log.newestMs) {
          return this.#told('unknown', this.log.now(group.id), group.id);
        }
        return this.#keep(answerLamp(part, group, this.log.of(group.id), lamp, atMs), group.id);
      }
      case 'cabinet': {
        const group = this.#group(args);
        const number = String(args['number'] ?? '').slice(0, NAME_MAX);
        return this.#keep(answerCabinet(part, group, number), group.id);
      }
      case 'arm':
        return this.#keep(answerArm(part, this.#arm(args), Number(args['count'])), null);
      case 'ignored':
        return this.#keep({ part: { ...part, ignored: true }, outcome: 'right', shown: 'unknown' }, null);
      case 'matrix':
        return this.#matrix(part, args['pairs']);
      case 'restart': {
        const { id } = this.#group(args);
        const anew = { ...groupPart(part, id), confirmed: false, cabinet: null, seen: [] };
        const groups = { ...part.groups, [id]: anew };
        return this.#keep({ part: { ...part, groups }, outcome: 'right', shown: 'unknown' }, id);
      }
      default:
        return this.#bad(args);
    }
  }

  /** Writes the record of a walk that is done; gives its checksum. Errors: `Fault`. */
  finish(nowUtcMs: number): { readonly record: CommissionRecord; readonly sha256: string } {
    const part = this.#part;
    if (!part) return refuse(texts.fault_begun, factTexts.none, texts.fault_begun_next);
    const open = openOf(this.#walk, part);
    const record = recordOf(this.#walk, part, this.#software, nowUtcMs);
    if (!record) {
      const got = filledText(texts.fault_done_got, { count: open.length, first: open[0] ?? '' });
      return refuse(texts.fault_done, got, texts.fault_done_next);
    }
    const sha256 = writeCommission(this.#folder, record);
    this.#part = null;
    try {
      unlinkSync(join(this.#folder, PART_FILE));
    } catch {
      // A half-done walk that stays behind asks to be thrown away at the next one.
    }
    return { record, sha256 };
  }

  revoke(nowUtcMs: number): boolean {
    return revokeCommission(this.#folder, nowUtcMs);
  }

  #begin(args: Arguments, nowUtcMs: number): AnswerView {
    const person = String(args['person'] ?? '').trim().slice(0, NAME_MAX);
    if (person === '') return refuse(texts.fault_person, factTexts.none, texts.fault_person_next);
    const half = this.#part;
    if (half && args['anew'] !== true) {
      const done = Object.values(half.groups).filter(({ confirmed }) => confirmed).length;
      const values = { person: half.person, done, count: this.#walk.groups.length };
      return refuse(texts.fault_half, filledText(texts.fault_half_got, values), texts.fault_half_next);
    }
    this.#store(beginWalk(this.#walk, person, nowUtcMs));
    return this.#told('begun', 'unknown', null);
  }

  #matrix(part: WalkPart, pairs: unknown): AnswerView {
    const { conflicts } = this.#walk;
    if (pairs === undefined) {
      const matrix = { how: 'typed', pairs: conflicts.length, missing: [], extra: [] } as const;
      return this.#keep({ part: { ...part, matrix }, outcome: 'right', shown: 'unknown' }, null);
    }
    const isPair = (pair: unknown): pair is [string, string] =>
      Array.isArray(pair) && pair.length === 2 && pair.every((name) => typeof name === 'string');
    if (!Array.isArray(pairs) || pairs.length > PAIRS_MAX || !pairs.every(isPair)) {
      return this.#bad({ kind: 'matrix' });
    }
    const matrix = compareMatrix(this.#walk, pairs);
    const outcome = matrix.missing.length === 0 ? 'right' : 'wrong';
    return this.#keep({ part: { ...part, matrix }, outcome, shown: 'unknown' }, null);
  }

  #keep({ part, outcome, shown }: Outcome, group: string | null): AnswerView {
    if (part !== this.#part) this.#store(part);
    return this.#told(outcome, shown, group);
  }

  #told(
    outcome: AnswerView['outcome'], shown: WitnessColour, group: string | null,
  ): AnswerView {
    const part = this.#part as WalkPart;
    const confirmed = Object.values(part.groups).filter((one) => one.confirmed).length;
    return { outcome, shown, group, confirmed, open: openOf(this.#walk, part).length };
  }

  #store(part: WalkPart): void {
    writeWhole(join(this.#folder, PART_FILE), JSON.stringify(part));
    this.#part = part;
  }

  /** A half-done walk of another safety part, site or box, or a broken one, counts for nothing. */
  #readPart(): WalkPart | null {
    const path = join(this.#folder, PART_FILE);
    if (!existsSync(path)) return null;
    try {
      const part = JSON.parse(readFileSync(path, 'utf8')) as WalkPart;
      const { formatVersion, site, box, safetyHash } = part;
      const isOurs = formatVersion === COMMISSION_FORMAT && site === this.#walk.site
        && box === this.#walk.box && safetyHash === this.#walk.safetyHash;
      return isOurs ? part : null;
    } catch {
      return null; // cut by a dying disk: the walk begins anew
    }
  }

  #group(args: Arguments): WalkGroup {
    const group = this.#walk.groups.find(({ id }) => id === args['group']);
    if (!group) {
      throw new Fault('VALUE_OUT_OF_RANGE', {
        subject: 'commission', expected: texts.fault_group,
        got: String(args['group'] ?? '').slice(0, NAME_MAX), next: texts.fault_answer_next,
      });
    }
    return group;
  }

  #arm(args: Arguments): WalkArm {
    const arm = this.#walk.arms.find(({ id }) => id === args['arm']);
    if (!arm || !Number.isSafeInteger(Number(args['count']))) {
      throw new Fault('VALUE_OUT_OF_RANGE', {
        subject: 'commission', expected: texts.fault_arm,
        got: JSON.stringify(args).slice(0, NAME_MAX), next: texts.fault_answer_next,
      });
    }
    return arm;
  }

  #bad(args: Arguments): never {
    throw new Fault('VALUE_OUT_OF_RANGE', {
      subject: 'commission', expected: texts.fault_answer,
      got: JSON.stringify(args).slice(0, NAME_MAX), next: texts.fault_answer_next,
    });
  }
}
