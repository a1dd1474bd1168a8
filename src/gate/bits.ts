/** Thrown by the reader alone and caught in `decode.ts`: the bytes are not what they claim. */
export class Unreadable extends Error {}

/** Reads unaligned packed encoding; knows no message. Throws `Unreadable`, never gives a guess. */
export class BitReader {
  readonly #bytes: Uint8Array;
  /** The next bit, counted from the first of the first octet. */
  at = 0;
  /** The last reference position, 1e-7 degrees: offsets are from there. */
  lat = 0;
  long = 0;
  /** Where stamps and the count begin. */
  readonly moyAt: number[] = [];
  readonly msAt: number[] = [];
  countAt = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** An unsigned number of `width` bits, 0 to 32. */
  bits(width: number): number {
    if (this.at + width > this.#bytes.length * 8) throw new Unreadable('the bytes end too early');
    let value = 0;
    for (let left = width; left > 0;) {
      const free = 8 - (this.at & 7);
      const take = Math.min(free, left);
      const octet = this.#bytes[this.at >> 3] as number;
      value = value * (1 << take) + ((octet >> (free - take)) & ((1 << take) - 1));
      this.at += take;
      left -= take;
    }
    return value;
  }

  /** A whole number from `low` to `high`, written in `width` bits. */
  whole(low: number, high: number, width: number): number {
    const at = this.at;
    const value = low + this.bits(width);
    if (value > high) throw new Unreadable(`bit ${at}: expected ${low} to ${high}, got ${value}`);
    return value;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  /** Passes over bits that no rule looks at; they must be there. */
  skip(width: number): void {
    for (let left = width; left > 0; left -= 32) this.bits(Math.min(left, 32));
  }

  /** An extension bit. The gate passes only what it can read whole, so it must be zero. */
  root(): void {
    if (this.flag()) throw new Unreadable(`bit ${this.at - 1}: an extension unknown to the gate`);
  }

  /** The end of a message: under eight bits are left, and they are zero. */
  end(): void {
    const left = this.#bytes.length * 8 - this.at;
    if (left > 7) throw new Unreadable(`${left} bits follow the message`);
    if (this.bits(left) !== 0) throw new Unreadable('the padding is not zero');
  }
}
