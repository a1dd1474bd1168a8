/**
 * Schema → encoder and decoder. The code is generated as text and compiled once; a schema is part
 * of the program and never comes from outside, so no foreign text reaches the compiler.
 */
import { BitReader, BitWriter } from './bits.ts';
import { decoderSource } from './decoder.ts';
import { encoderSource } from './encoder.ts';
import { Refusal, within } from './error.ts';
import * as runtime from './runtime.ts';
import type { Schema, ValueOf } from './schema.ts';
import type { GeneratedCode } from './source.ts';

export { UperError } from './error.ts';

/** How a decoder treats what follows a complete value. */
export interface DecodeOptions {
  /**
   * `refuse` (default): octets beyond a complete value, or padding bits that are not zero, are an
   * error. `accept`: they are passed over.
   */
  readonly trailing?: 'refuse' | 'accept';
}

/** What a decoder gives: always a whole value. */
export interface Decoded<V> {
  readonly value: V;
  /** Unknown additions, alternatives, names and open types that were passed over or kept raw. */
  readonly skippedExtensions: number;
}

const helpers = { ...runtime, within };
const helperNames = Object.keys(helpers);

function build(source: GeneratedCode): unknown {
  const make = new Function('h', 'constants', source.text) as (...given: unknown[]) => unknown;
  return make(helpers, source.constants);
}

function rootName(schema: Schema): string {
  return schema.name ?? schema.kind;
}

function outward(thrown: unknown, root: string): unknown {
  return thrown instanceof Refusal ? thrown.toError(root) : thrown;
}

/** An encoder in two forms: fresh octets, or octets in the caller's memory. */
export interface Encoder<V> {
  (value: V): Uint8Array;
  /** Writes at `offset`; returns the octets written. Throws when the target is too short. */
  into(value: V, target: Uint8Array, offset?: number): number;
}

/**
 * The encoder of a schema, compiled on first use. A value that the schema does not hold throws
 * `UperError` with its path.
 *
 * @param octets size of the buffer at the start; it grows.
 */
export function encoderFor<S extends Schema>(schema: S, octets = 512): Encoder<ValueOf<S>> {
  const root = rootName(schema);
  const writer = new BitWriter(octets);
  let run: ((w: BitWriter, value: unknown) => void) | null = null;
  const write = (value: unknown): number => {
    run ??= build(encoderSource(schema, helperNames)) as (w: BitWriter, value: unknown) => void;
    writer.reset();
    try {
      run(writer, value);
      return Math.max(1, writer.finish());
    } catch (thrown) {
      throw outward(thrown, root);
    }
  };
  const encode = (value: ValueOf<S>): Uint8Array => {
    const length = write(value);
    return writer.bytes.slice(0, length);
  };
  const into = (value: ValueOf<S>, target: Uint8Array, offset = 0): number => {
    const length = write(value);
    if (offset + length > target.length) {
      const expectation = { text: 'octetsAtMost', values: { count: target.length - offset } };
      throw new Refusal(null, expectation as Refusal['expectation'], String(length)).toError(root);
    }
    const { bytes } = writer;
    // A view would be an object for each message; a short one is copied sooner without.
    if (length > 160) target.set(bytes.subarray(0, length), offset);
    else for (let index = 0; index < length; index++) target[offset + index] = bytes[index]!;
    return length;
  };
  return Object.assign(encode, { into });
}

/**
 * The decoder of a schema, compiled on first use. Octets that are no value of it throw `UperError`
 * with path and bit offset; nothing beyond the octets is ever read.
 */
export function decoderFor<S extends Schema>(
  schema: S,
): (octets: Uint8Array, options?: DecodeOptions) => Decoded<ValueOf<S>> {
  const root = rootName(schema);
  const reader = new BitReader();
  let run: ((r: BitReader) => unknown) | null = null;
  return (octets, options = {}) => {
    run ??= build(decoderSource(schema, helperNames)) as (r: BitReader) => unknown;
    try {
      reader.load(octets, options.trailing !== 'accept');
      const value = run(reader) as ValueOf<S>;
      reader.checkEnd('the message', reader.at === 0 ? 8 : 7);
      return { value, skippedExtensions: reader.skipped };
    } catch (thrown) {
      throw outward(thrown, root);
    } finally {
      reader.release();
    }
  };
}
