/** Small files of the data folder that must survive a power cut: boot counter, latches, token. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { decodeLatches, encodeLatches } from './latchfile.ts';
import type { LatchRow } from './gate/latches.ts';

/** Writes a whole file: temporary name, sync, rename, sync of the folder. */
export function writeWhole(path: string, bytes: Uint8Array | string, mode = 0o640): void {
  const temporary = `${path}.new`;
  const file = openSync(temporary, 'w', mode);
  try {
    writeSync(file, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

const readOrNull = (path: string): Uint8Array | null =>
  existsSync(path) ? new Uint8Array(readFileSync(path)) : null;

/**
 * The number of this boot: one more than the last. Where the file is lost or broken the number
 * comes from the clock, far above any counted one, so that ids do not repeat.
 */
export function nextBoot(folder: string, utcMs: number): number {
  const path = join(folder, 'boot');
  const text = readOrNull(path);
  const before = text === null ? 0 : Number(Buffer.from(text).toString());
  const boot = Number.isSafeInteger(before) && before >= 0 ? before + 1 : Math.floor(utcMs / 1000);
  try {
    writeWhole(path, String(boot));
  } catch {
    // A full or read-only disk must not stop the signals; the next boot repeats the number.
    return Math.floor(utcMs / 1000);
  }
  return boot;
}

/**
 * The token that changing verbs ask for; made once, readable for the group alone. Where it cannot
 * be written nobody knows it: changing verbs are refused until the next start.
 */
export function ownToken(folder: string): string {
  const path = join(folder, 'token');
  const found = readOrNull(path);
  if (found && found.length >= 32) return Buffer.from(found).toString().trim();
  const token = randomBytes(24).toString('hex');
  try {
    writeWhole(path, token);
  } catch {
    // A full or read-only disk must not keep people from reading how the junction is.
  }
  return token;
}

const latchFiles = ['latch-a', 'latch-b'] as const;

/** Latches of the last run; where both copies are broken every node is latched. */
export function readLatches(folder: string, nodes: readonly string[]): ReturnType<typeof decodeLatches> {
  const [first, second] = latchFiles.map((name) => readOrNull(join(folder, name)));
  return decodeLatches(first ?? null, second ?? null, nodes);
}

/** Stores the latches, both copies one after the other. */
export function writeLatches(folder: string, rows: readonly LatchRow[], version: number): void {
  const bytes = encodeLatches(rows, version);
  for (const name of latchFiles) writeWhole(join(folder, name), bytes);
}
