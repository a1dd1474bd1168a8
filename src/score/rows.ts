import { TextError } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import type { Text } from '../base/text.ts';
import { scoreFaultTexts as texts } from '../base/texts/score.ts';

/**
 * One line of truth or of tracks. `id` null says: this frame was looked at, and nobody was there.
 */
export interface ScoreRow {
  readonly seq: string;
  readonly t: number;
  readonly id: string | null;
  readonly x: number;
  readonly y: number;
  /** NaN where the line has none. */
  readonly heading: number;
  readonly speed: number;
  readonly cls: string | null;
  readonly ignore: boolean;
}

/** A line that cannot be read: with its number, what was expected and what it holds. */
export class RowError extends TextError {
  readonly line: number;
  constructor(line: number, text: Text) {
    super(filledText(texts.line, { line, text }));
    this.line = line;
  }
}

/** A number from a field; NaN for a missing one if it may be missing. */
function numberOf(value: unknown, name: string, line: number, optional = false): number {
  if (optional && (value === null || value === undefined)) return NaN;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) {
    const got = String(JSON.stringify(value));
    throw new RowError(line, filledText(texts.number, { name, got }));
  }
  return number;
}

/**
 * Reads one line. Returns null for an empty line and for a comment (`#`).
 * Throws `RowError` for what is no object or lacks `t`, `x` or `y`.
 */
export function parseScoreRow(text: string, line: number): ScoreRow | null {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return null;
  let value: unknown;
  try {
    value = JSON.parse(trimmed);
  } catch {
    throw new RowError(line, filledText(texts.object, { got: trimmed.slice(0, 40) }));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RowError(line, filledText(texts.object, { got: trimmed.slice(0, 40) }));
  }
  const fields = value as Record<string, unknown>;
  const seq = fields['seq'] === undefined ? '' : String(fields['seq']);
  const t = numberOf(fields['t'], 't', line);
  if (!('id' in fields)) {
    return { seq, t, id: null, x: NaN, y: NaN, heading: NaN, speed: NaN, cls: null, ignore: false };
  }
  return {
    seq,
    t,
    id: String(fields['id']),
    x: numberOf(fields['x'], 'x', line),
    y: numberOf(fields['y'], 'y', line),
    heading: numberOf(fields['heading'], 'heading', line, true),
    speed: numberOf(fields['speed'], 'speed', line, true),
    cls: typeof fields['cls'] === 'string' ? fields['cls'] : null,
    ignore: fields['ignore'] === true,
  };
}

/** Reads lines as they come (for instance from `readline` over a file), one row after another. */
export async function readScoreRows(
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<ScoreRow[]> {
  const rows: ScoreRow[] = [];
  let line = 0;
  for await (const text of lines) {
    const row = parseScoreRow(text, ++line);
    if (row) rows.push(row);
  }
  return rows;
}
