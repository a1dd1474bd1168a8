/** Reading and writing files line by line; `-` is standard input. */
import { closeSync, createReadStream, existsSync, openSync, statSync, writeSync } from 'node:fs';
import { Fault } from '../base/fault.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';
import type { Io } from './command.ts';
import { linesOf } from './lines.ts';

/** Lines of a file or of standard input. Errors: `Fault` FILE_UNREADABLE. */
export function linesOfFile(path: string, io: Io): AsyncGenerator<string> {
  if (path === '-') return linesOf(io.stdin, texts.standard_input);
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new Fault('FILE_UNREADABLE', {
      subject: path,
      expected: texts.fault_file_expected,
      got: existsSync(path) ? texts.fault_file_folder : texts.fault_file_missing,
      next: texts.fault_file_next,
    });
  }
  return linesOf(createReadStream(path), path);
}

/** Lines to a file, or to the output where no file is named; written in large pieces. */
export class LineSink {
  readonly #io: Io;
  readonly #file: number | null;
  #waiting: string[] = [];
  #octets = 0;

  constructor(path: string | null, io: Io) {
    this.#io = io;
    this.#file = path === null ? null : openSync(path, 'w');
  }

  /** True where the caller must wait for `flush` before the next line. */
  add(line: string): boolean {
    this.#waiting.push(line);
    this.#octets += line.length;
    return this.#octets > 1 << 16;
  }

  async flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const text = this.#waiting.join('\n');
    this.#waiting = [];
    this.#octets = 0;
    if (this.#file !== null) writeSync(this.#file, `${text}\n`);
    else {
      this.#io.out(text);
      await this.#io.drain();
    }
  }

  async close(): Promise<void> {
    await this.flush();
    if (this.#file !== null) closeSync(this.#file);
  }
}
