/** One line of a bench's table. */
export interface BenchRow {
  readonly what: string;
  readonly result: string;
  /** What is wanted, in words; null where a figure is only told. */
  readonly goal: string | null;
  /** Whether the goal is met; null without one. */
  readonly met: boolean | null;
}

/** What one bench found. */
export interface BenchResult {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly BenchRow[];
  /** How it was measured: samples, spans, what to know when reading. */
  readonly notes: readonly string[];
}

/** What a bench is given. */
export interface BenchContext {
  /** Small and quick, for tests and CI: shows that a bench runs, not what the box can do. */
  readonly short: boolean;
  /** How long to measure, where the bench has a choice; null for its own span. */
  readonly minutes: number | null;
  /** An empty folder of its own. */
  readonly folder: string;
  /** Tells people how it goes. */
  note(line: string): void;
}

/** One bench. */
export interface Bench {
  readonly name: string;
  readonly title: string;
  /** Runs only when it is named. */
  readonly onlyNamed?: boolean;
  run(context: BenchContext): Promise<Pick<BenchResult, 'rows' | 'notes'>>;
}

/** A row without a goal. */
export const told = (what: string, result: string): BenchRow => ({
  what,
  result,
  goal: null,
  met: null,
});

/** A row whose value shall not exceed a limit. */
export function atMost(what: string, value: number, limit: number, unit: string): BenchRow {
  const result = Number.isFinite(value) ? `${shortNumber(value)} ${unit}` : 'nothing measured';
  return { what, result, goal: `≤ ${limit} ${unit}`, met: value <= limit };
}

/** A row whose value shall reach a limit. */
export function atLeast(what: string, value: number, limit: number, unit: string): BenchRow {
  const result = Number.isFinite(value) ? `${shortNumber(value)} ${unit}` : 'nothing measured';
  return { what, result, goal: `≥ ${limit} ${unit}`, met: value >= limit };
}

/** Three figures that count. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3);
}
