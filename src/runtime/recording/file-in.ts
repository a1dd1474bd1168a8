import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { Fault, textOf } from '../../base/fault.ts';
import { recordingFaultTexts as texts } from '../../base/texts/recordings.ts';

const CHUNK_OCTETS = 1 << 20;
const LF = 0x0a;

/** Opens a file of a recording. */
export function openFileIn(path: string): FileIn {
  try {
    // A device may have no end, and opening a pipe waits for somebody to write.
    if (!statSync(path).isFile()) throw new Error(`${path} is no plain file`);
    return new FileIn(openSync(path, 'r'));
  } catch (cause) {
    throw new Fault(
      'FILE_UNREADABLE',
      {
        subject: path,
        expected: texts.file,
        got: textOf(cause),
        next: texts.file_next,
      },
      { cause },
    );
  }
}

/** A file read forward in large pieces; memory is bounded by one piece and one record. */
export class FileIn {
  #descriptor: number | null;
  #buffer = Buffer.allocUnsafe(CHUNK_OCTETS);
  #from = 0;
  #to = 0;
  #ended = false;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Makes so many octets available at `at` if the file has them; returns how many there are. */
  ensure(octets: number): number {
    while (this.#to - this.#from < octets && !this.#ended) this.#fill(octets);
    return this.#to - this.#from;
  }

  #fill(octets: number): void {
    if (this.#buffer.length - this.#from < Math.max(octets, CHUNK_OCTETS >> 1)) {
      const length = Math.max(this.#buffer.length, 2 * octets);
      const target = length > this.#buffer.length ? Buffer.allocUnsafe(length) : this.#buffer;
      this.#buffer.copy(target, 0, this.#from, this.#to);
      this.#buffer = target;
      this.#to -= this.#from;
      this.#from = 0;
    }
    const room = this.#buffer.length - this.#to;
    const descriptor = this.#descriptor;
    const read = descriptor === null ? 0 : readSync(descriptor, this.#buffer, this.#to, room, null);
    if (read === 0) {
      this.#ended = true;
      this.close();
    }
    this.#to += read;
  }

  /** The buffer; what is available begins at `at` and is valid until the next `ensure`. */
  get buffer(): Buffer {
    return this.#buffer;
  }
  get at(): number {
    return this.#from;
  }
  skip(octets: number): void {
    this.#from += octets;
  }

  /**
   * Finds the next line, without its end, up to `octetsMax`.
   * Returns its length, with the line at `at`; -1 at the end of the file, -2 for a last line that
   * has no end, -3 for a line that is too long (which is skipped). Then call `skip(length + 1)`.
   */
  line(octetsMax: number): number {
    let searched = 0;
    for (;;) {
      const end = this.#buffer.indexOf(LF, this.#from + searched);
      if (end >= 0 && end < this.#to) return end - this.#from;
      searched = this.#to - this.#from;
      if (searched > octetsMax) return this.#skipLine();
      if (this.ensure(searched + 1) === searched) return searched === 0 ? -1 : -2;
    }
  }

  #skipLine(): number {
    for (;;) {
      const end = this.#buffer.indexOf(LF, this.#from);
      if (end >= 0 && end < this.#to) {
        this.#from = end + 1;
        return -3;
      }
      this.#from = this.#to;
      if (this.ensure(1) === 0) return -3;
    }
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}
