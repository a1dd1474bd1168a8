/** Words for levels and spans of time. */
import { cliTexts as texts } from '../base/texts/cli.ts';
import type { Text } from '../base/text.ts';
import type { Io } from './command.ts';

const levels: Readonly<Record<string, Text>> = {
  ok: texts.level_ok,
  degraded: texts.level_degraded,
  failed: texts.level_failed,
  unknown: texts.level_unknown,
  valid: texts.level_valid,
  'colour-only': texts.level_colour_only,
  unavailable: texts.level_unavailable,
  silent: texts.level_silent,
};

/** Level of health or of the gate in words. */
export const levelText = (level: string, io: Io): string => {
  const text = levels[level];
  return text ? io.say(text) : level;
};

/** `850 ms`, `12 s`, `3 min 20 s`, `5 h 2 min`, `3 d 4 h`. */
export function spanText(spanMs: number, io: Io): string {
  if (!Number.isFinite(spanMs)) return '–';
  const ms = Math.max(0, spanMs);
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.floor(ms / 1000);
  const units = [
    [86_400, io.say(texts.unit_day)],
    [3600, io.say(texts.unit_hour)],
    [60, io.say(texts.unit_minute)],
    [1, io.say(texts.unit_second)],
  ] as const;
  const at = units.findIndex(([size]) => seconds >= size);
  const [size, unit] = units[at]!;
  const whole = `${Math.floor(seconds / size)} ${unit}`;
  const next = units[at + 1];
  const rest = next ? Math.floor((seconds % size) / next[0]) : 0;
  return next && rest > 0 ? `${whole} ${rest} ${next[1]}` : whole;
}

/** `12.3 ms` or a dash. */
export const msText = (ms: number | null | undefined): string =>
  ms === null || ms === undefined ? '–' : `${ms.toFixed(1)} ms`;

/** Octets as `12.3 MB`. */
export const megabytes = (octets: number): string => `${(octets / 1e6).toFixed(1)} MB`;
