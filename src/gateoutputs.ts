/** What became of each output of the gate, by node and type of message: for people. */
import type { Stateful } from './base/stateful.ts';
import type { RuleId } from './gate/rules.ts';
import type { GateLevel } from './gate/level.ts';

/** L0 valid, L1 colour without times, L2 explicitly unavailable, L3 silence, L4 latched silence. */
export type Grade = 0 | 1 | 2 | 3 | 4;

/** One output: its grade, the rule that acted, and since when. */
export interface GateOutput {
  readonly node: string;
  readonly type: string;
  readonly grade: Grade;
  readonly rule: string | null;
  readonly sinceMs: number;
  /** When a message of it last passed; null for none yet. */
  readonly lastMs: number | null;
}

const levels: Readonly<Record<GateLevel, Grade>> = {
  valid: 0, 'colour-only': 1, unavailable: 2, silent: 3,
};

/** The grade of a level; a latched node's silence is a grade of its own. */
export const gradeOf = (level: GateLevel, latched: boolean): Grade => (latched ? 4 : levels[level]);

/** Types that leave all the time, and the rule under which they fall silent by themselves. */
const silence: Readonly<Record<string, { readonly afterMs: number; readonly rule: RuleId }>> = {
  RSM: { afterMs: 1500, rule: 'R30' },
  MAP: { afterMs: 5000, rule: 'R38' },
};

/** Follows every output. All instants are monotonic ms, of the loop's own turns. */
export class GateOutputs implements Stateful {
  #rows = new Map<string, GateOutput>();

  /** A message was judged: refused by `rule`, or passed where that is null. */
  judged(node: string, type: string, rule: string | null, nowMs: number): void {
    const before = this.#rows.get(`${node} ${type}`);
    const lastMs = rule === null ? nowMs : (before?.lastMs ?? null);
    // SPAT has a level of its own, which tells more than one message.
    if (type === 'SPAT') {
      if (before) this.#rows.set(`${node} ${type}`, { ...before, lastMs });
      return;
    }
    this.#set(node, type, rule === null ? 0 : 3, rule, lastMs, nowMs);
  }

  /** The level of a node's SPAT in this cycle, and the rule that it follows from. */
  levelled(node: string, grade: Grade, rule: string | null, nowMs: number): void {
    const lastMs = this.#rows.get(`${node} SPAT`)?.lastMs ?? null;
    this.#set(node, 'SPAT', grade, rule, lastMs, nowMs);
  }

  #set(
    node: string, type: string, grade: Grade, rule: string | null, lastMs: number | null,
    nowMs: number,
  ): void {
    const name = `${node} ${type}`;
    const before = this.#rows.get(name);
    const sinceMs = before?.grade === grade ? before.sinceMs : nowMs;
    this.#rows.set(name, { node, type, grade, rule, sinceMs, lastMs });
  }

  /** Every output as it is at an instant; what has not been heard for long is silent. */
  list(nowMs: number): readonly GateOutput[] {
    return [...this.#rows.values()].map((row) => {
      const limit = silence[row.type];
      if (row.grade !== 0 || !limit || row.lastMs === null) return row;
      if (nowMs - row.lastMs <= limit.afterMs) return row;
      return { ...row, grade: 3, rule: limit.rule, sinceMs: row.lastMs };
    });
  }

  snapshot(): unknown {
    return [...this.#rows];
  }

  restore(snapshot: unknown): void {
    this.#rows = new Map(snapshot as [string, GateOutput][]);
  }
}
