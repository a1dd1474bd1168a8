/**
 * A growing piece of a file: records are appended in place and taken out in one piece. The hot
 * path pays one copy and, now and then, a larger buffer.
 */
export class BytesOut {
  #bytes: Buffer;
  #length = 0;

  constructor(octets = 64 << 10) {
    this.#bytes = Buffer.allocUnsafe(octets);
  }

  get length(): number {
    return this.#length;
  }

  /** Makes room for so many octets; returns the buffer, to be written at `length`, then `grew`. */
  room(octets: number): Buffer {
    const wanted = this.#length + octets;
    if (wanted > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(wanted, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    return this.#bytes;
  }

  grew(octets: number): void {
    this.#length += octets;
  }

  text(line: string): void {
    const bytes = this.room(3 * line.length);
    this.#length += bytes.write(line, this.#length, 'utf8');
  }

  ascii(line: string): void {
    const bytes = this.room(line.length);
    this.#length += bytes.write(line, this.#length, 'latin1');
  }

  raw(data: Uint8Array): void {
    this.room(data.length).set(data, this.#length);
    this.#length += data.length;
  }

  /** What was appended so far, as a copy of exactly its length; begins anew. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }
}
