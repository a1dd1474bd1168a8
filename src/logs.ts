import { pino } from 'pino';
import type { Log, LogFields } from './base/log.ts';
import type { Clock } from './base/clock.ts';

/** Where log lines go. */
export interface LogSink {
  write(line: string): void;
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof LEVELS)[number];
const REPEAT_MS = 10_000;
const KEYS_MAX = 500;

/** The longest text of one field; a stack is shorter. */
const FIELD_MAX = 4000;

// Control characters would let a device's text move the cursor of whoever reads the log, and marks
// of direction would show it in another order than it has.
const hidden = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const hexOf = (c: string, digits: number): string => c.charCodeAt(0).toString(16).padStart(digits, '0');
const clean = (text: string): string =>
  text.replace(hidden, (c) => (c < '\u0100' ? `\\x${hexOf(c, 2)}` : `\\u${hexOf(c, 4)}`));
/** The same for a line of JSON, which stays JSON: its own line end is the only control character. */
const cleanJson = (line: string): string =>
  `${line.trimEnd().replace(hidden, (c) => `\\u${hexOf(c, 4)}`)}\n`;

const short = (value: unknown): unknown =>
  typeof value === 'string' && value.length > FIELD_MAX ? `${value.slice(0, FIELD_MAX)}…` : value;
const shortened = (fields: LogFields): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, short(value)]));

function fieldText(value: unknown): string {
  const text = clean(typeof value === 'string' ? value : JSON.stringify(value));
  return /[\s"=]/.test(text) ? JSON.stringify(text) : text;
}

/** One pino record as a line of text: time, level, event, then fields. */
function formatLine(record: Readonly<Record<string, unknown>>): string {
  const { time, level, msg, ...fields } = record;
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${fieldText(value)}`);
  return [String(time), String(level), clean(String(msg)), ...rest].join(' ');
}

interface Repetition {
  sinceMs: number;
  repeated: number;
}

/**
 * The log of one loop, through pino. A line is an event with fields; the same event of the same
 * subject within ten seconds is counted and told once at their end.
 */
export function createLog(options: {
  readonly clock: Clock;
  readonly level: Level;
  readonly sink: LogSink;
  readonly json?: boolean;
}): Log {
  const { clock, sink } = options;
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${new Date(clock.utcAt().utcMs).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write: (line: string) =>
        sink.write(options.json ? cleanJson(line) : `${formatLine(JSON.parse(line) as Record<string, unknown>)}\n`),
    },
  );
  const seen = new Map<string, Repetition>();
  const write = (level: Level, event: string, fields: LogFields = {}): void => {
    const nowMs = clock.nowMs();
    const subject = Object.values(fields).find((value) => typeof value === 'string') ?? '';
    const key = `${level} ${event} ${String(subject).slice(0, FIELD_MAX)}`;
    const before = seen.get(key);
    if (before && nowMs - before.sinceMs < REPEAT_MS) {
      before.repeated++;
      return;
    }
    if (seen.size >= KEYS_MAX) seen.clear();
    seen.set(key, { sinceMs: nowMs, repeated: 0 });
    const more = before?.repeated
      ? { repeated: before.repeated, over_ms: Math.round(nowMs - before.sinceMs) }
      : {};
    logger[level]({ ...shortened(fields), ...more }, event);
  };
  return {
    debug: (event, fields) => write('debug', event, fields),
    info: (event, fields) => write('info', event, fields),
    warn: (event, fields) => write('warn', event, fields),
    error: (event, fields) => write('error', event, fields),
  };
}
