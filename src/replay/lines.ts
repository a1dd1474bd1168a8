/** The files that a replay writes, line by line. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { rounded } from '../base/units.ts';

/** Lines of one output file, written in large pieces. */
export class Lines {
  readonly #file: number | null;
  /** Octets, not text: text that waits is garbage that lives. */
  readonly #waiting = Buffer.allocUnsafe(1 << 18);
  #length = 0;

  constructor(folder: string | null, name: string) {
    this.#file = folder === null ? null : openSync(join(folder, name), 'w');
  }

  add(value: unknown): void {
    if (this.#file === null) return;
    const line = `${typeof value === 'string' ? value : JSON.stringify(value)}\n`;
    // A character takes three octets at the most.
    if (this.#length + 3 * line.length > this.#waiting.length) this.#flush();
    if (3 * line.length > this.#waiting.length) writeSync(this.#file, line);
    else this.#length += this.#waiting.write(line, this.#length, 'utf8');
  }

  #flush(): void {
    for (let from = 0; this.#file !== null && from < this.#length; ) {
      from += writeSync(this.#file, this.#waiting, from, this.#length - from);
    }
    this.#length = 0;
  }

  close(): void {
    this.#flush();
    if (this.#file !== null) closeSync(this.#file);
  }
}

/** A rounded number as JSON writes it. */
export const decimals = (value: number, digits: number): string => {
  const near = rounded(value, digits);
  return Number.isFinite(near) ? `${near}` : 'null';
};
