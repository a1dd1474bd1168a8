import { existsSync, readFileSync } from 'node:fs';
import { fromHex } from '../../src/base/bytes.ts';
import { codecFor } from '../../v2x/codec.ts';
import type { ProfileName } from '../../v2x/codec.ts';
import type { MessageFrame } from '../../v2x/schemas/frame.ts';
import { shared } from '../shared.ts';

/** One named message to be timed. */
export interface UperBenchCase {
  readonly name: string;
  readonly profile: ProfileName;
  readonly value: MessageFrame;
  readonly hex: string;
}

/** Times of one message, microseconds, and the ratios to JSON of the same value. */
export interface UperBenchRow {
  readonly name: string;
  readonly octets: number;
  readonly encodeUs: number;
  readonly decodeUs: number;
  readonly stringifyUs: number;
  readonly parseUs: number;
  readonly encodeRatio: number;
  readonly decodeRatio: number;
}

/** The named vectors of ../shared, or a SPAT of our own where that folder is absent. */
export function uperBenchCases(): readonly UperBenchCase[] {
  const path = shared('vectors/uper-vectors.json');
  if (existsSync(path)) {
    const file = JSON.parse(readFileSync(path, 'utf8')) as { vectors: UperBenchCase[] };
    return file.vectors;
  }
  const phase = { id: 1, phaseStates: [{ light: 'red' as const }] };
  const value: MessageFrame = {
    spatFrame: {
      msgCnt: 0,
      intersections: [{ intersectionId: { id: 0 }, status: '0'.repeat(16), phases: [phase] }],
    },
  };
  const hex = Buffer.from(codecFor('A').encode(value)).toString('hex');
  return [{ name: 'spat-own', profile: 'A', value, hex }];
}

/** Microseconds of one call: the median of seven rounds. */
function timeUs(operation: () => number, rounds: number): number {
  let sum = 0;
  const times: number[] = [];
  for (let batch = 0; batch < 9; batch++) {
    const began = process.hrtime.bigint();
    for (let round = 0; round < rounds; round++) sum += operation();
    // The first two rounds warm the compiler.
    if (batch >= 2) times.push(Number(process.hrtime.bigint() - began) / 1000 / rounds);
  }
  if (sum < 0) throw new Error('a length is never negative');
  return times.sort((a, b) => a - b)[3]!;
}

/**
 * Encodes and decodes each named vector beside JSON of the same value and prints a table.
 *
 * @param budgetUs time for one row of one operation, about; small runs keep the code from rot.
 */
export function runUperBench(
  print: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
  budgetUs = 20_000,
): readonly UperBenchRow[] {
  print('message                        octets  encode µs  decode µs  ×stringify  ×parse');
  return uperBenchCases().map(({ name, profile, value, hex }) => {
    const codec = codecFor(profile);
    const octets = fromHex(hex);
    const target = new Uint8Array(octets.length);
    const text = JSON.stringify(value);
    const rounds = Math.max(1, Math.round(budgetUs / (1 + octets.length / 10)));
    const encodeUs = timeUs(() => codec.encodeInto(value, target), rounds);
    const decodeUs = timeUs(() => codec.decode(octets).skippedExtensions, rounds);
    const stringifyUs = timeUs(() => JSON.stringify(value).length, rounds);
    const parseUs = timeUs(() => (JSON.parse(text) === null ? 0 : 1), rounds);
    const encodeRatio = encodeUs / stringifyUs;
    const decodeRatio = decodeUs / parseUs;
    const columns = [encodeUs, decodeUs, encodeRatio, decodeRatio].map((number) =>
      number.toFixed(2).padStart(10),
    );
    const size = octets.length;
    const title = `${profile} ${name}`.padEnd(32);
    print(`${title}${String(size).padStart(5)} ${columns.join(' ')}`);
    return {
      name,
      octets: size,
      encodeUs,
      decodeUs,
      stringifyUs,
      parseUs,
      encodeRatio,
      decodeRatio,
    };
  });
}
