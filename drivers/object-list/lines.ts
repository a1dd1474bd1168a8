import type { MonotonicMs } from '../../src/base/time.ts';

/** Why octets of a stream were thrown away. */
export type LineDrop = 'line_oversize' | 'line_cut';

/** Octets of one line at most. */
export const LINE_MAX = 262144;
const NEWLINE = 0x0a;

/** Lines of a chunk and what was lost before them. */
export interface LineStep {
  readonly lines: readonly { readonly bytes: Uint8Array; readonly firstMs: MonotonicMs }[];
  readonly drops: readonly LineDrop[];
}

/** A stream of octets → lines. Bounded; a new connection throws away what the old one left. */
export class LineSplitter {
  #rest: Uint8Array = new Uint8Array(0);
  #firstMs = 0 as MonotonicMs;
  #epoch: number | null = null;
  /** Inside a line that was too long: everything up to its end is skipped. */
  #skipping = false;

  accept(data: Uint8Array, epoch: number, receivedMs: MonotonicMs): LineStep {
    const drops: LineDrop[] = [];
    if (this.#epoch !== epoch) {
      if (this.#rest.length > 0) drops.push('line_cut');
      this.#rest = new Uint8Array(0);
      this.#skipping = false;
      this.#epoch = epoch;
    }
    const lines: { bytes: Uint8Array; firstMs: MonotonicMs }[] = [];
    let from = 0;
    for (;;) {
      const end = data.indexOf(NEWLINE, from);
      if (end < 0) break;
      this.#endLine(data.subarray(from, end), receivedMs, lines, drops);
      from = end + 1;
    }
    this.#keep(data.subarray(from), receivedMs, drops);
    return { lines, drops };
  }

  #endLine(
    tail: Uint8Array, receivedMs: MonotonicMs,
    lines: { bytes: Uint8Array; firstMs: MonotonicMs }[], drops: LineDrop[],
  ): void {
    const waited = this.#rest.length > 0;
    const bytes = waited ? joined(this.#rest, tail) : tail;
    this.#rest = new Uint8Array(0);
    if (this.#skipping) this.#skipping = false;
    else if (bytes.length > LINE_MAX) drops.push('line_oversize');
    else if (!isBlank(bytes)) lines.push({ bytes, firstMs: waited ? this.#firstMs : receivedMs });
  }

  #keep(tail: Uint8Array, receivedMs: MonotonicMs, drops: LineDrop[]): void {
    if (this.#skipping || tail.length === 0) return;
    if (this.#rest.length + tail.length > LINE_MAX) {
      drops.push('line_oversize');
      this.#rest = new Uint8Array(0);
      this.#skipping = true;
      return;
    }
    if (this.#rest.length === 0) this.#firstMs = receivedMs;
    this.#rest = joined(this.#rest, tail);
  }

  snapshot(): unknown {
    const rest = this.#rest.slice();
    return { rest, firstMs: this.#firstMs, epoch: this.#epoch, skipping: this.#skipping };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as {
      rest: Uint8Array; firstMs: MonotonicMs; epoch: number | null; skipping: boolean;
    };
    this.#rest = Uint8Array.from(state.rest);
    this.#firstMs = state.firstMs;
    this.#epoch = state.epoch;
    this.#skipping = state.skipping;
  }
}

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
};

/** Spaces, tabs and carriage returns alone. */
const isBlank = (bytes: Uint8Array): boolean =>
  bytes.every((octet) => octet === 0x20 || octet === 0x09 || octet === 0x0d);
