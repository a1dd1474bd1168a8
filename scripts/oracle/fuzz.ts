/** Mutated messages into the decoders; no clock decides, so that a seed gives the same inputs. */
import { toHex } from '../../src/base/bytes.ts';
import { messageOf } from '../../src/base/fault.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { Random } from '../../src/base/random.ts';
import { UperError, codecFor, profileNames } from '../../v2x/codec.ts';
import type { ProfileName } from '../../v2x/codec.ts';
import type { MessageFrame } from '../../v2x/schemas/frame.ts';
import { frameSchema } from '../../v2x/schemas/profiles.ts';
import { randomValue } from './values.ts';

/** What became of the inputs. */
export interface FuzzResult {
  readonly inputs: number;
  readonly octets: number;
  /** Inputs that gave a value, and those that gave an error of the codec. */
  readonly whole: number;
  readonly refused: number;
  /** Values that were written again and gave the same value. */
  readonly rewritten: number;
  /** The longest decode, and the octets of its input: its time is bound by its size. */
  readonly slowestUs: number;
  readonly slowestOctets: number;
  /** The first input that did otherwise, with what happened; null when none did. */
  readonly failure: string | null;
}

const POOL = 400;
const POOL_OCTETS_MAX = 1500;

function poolOf(random: Random): readonly Uint8Array[] {
  const pool: Uint8Array[] = [];
  while (pool.length < POOL) {
    const profile = profileNames[pool.length % 4]!;
    const value = randomValue(frameSchema(profile), random, { budget: random.below(80) });
    const octets = codecFor(profile).encode(value as MessageFrame);
    if (octets.length <= POOL_OCTETS_MAX || random.below(20) === 0) pool.push(octets);
  }
  return pool;
}

/** One input: bits turned, octets put in, taken out or replaced, ends cut, two messages joined. */
function mutated(pool: readonly Uint8Array[], random: Random): Uint8Array {
  const from = pool[random.below(pool.length)]!;
  let octets = Uint8Array.from(from);
  for (let change = random.below(4); change >= 0; change--) {
    const at = random.below(octets.length);
    switch (random.below(8)) {
      case 0:
        octets = octets.slice(0, at + 1);
        break;
      case 1:
        octets[at] = [0, 0x7f, 0x80, 0xbf, 0xc1, 0xc4, 0xff, 0x40][random.below(8)]!;
        break;
      case 2: {
        const other = pool[random.below(pool.length)]!;
        const rest = other.subarray(random.below(other.length));
        octets = Uint8Array.from([...octets.subarray(0, at + 1), ...rest.subarray(0, 1000)]);
        break;
      }
      case 3:
        octets.copyWithin(at, random.below(octets.length));
        break;
      default:
        octets[at]! ^= 1 << random.below(8);
    }
  }
  return octets;
}

/** Whether the value can be written, and its octets give it again. */
function comesBack(profile: ProfileName, frame: MessageFrame): boolean {
  const codec = codecFor(profile);
  const again = codec.decode(codec.encode(frame)).frame;
  return JSON.stringify(again) === JSON.stringify(frame);
}

/**
 * Tries so many inputs. One of eight values that decode is written and read again.
 * @param progress hears of every millionth input
 */
export function fuzzUper(
  inputs: number,
  seed: string,
  progress: (done: number) => void,
): FuzzResult {
  const random = seededRandom(seed);
  const pool = poolOf(random);
  const seen = { octets: 0, whole: 0, refused: 0, rewritten: 0, slowestUs: 0, slowestOctets: 0 };
  for (let done = 0; done < inputs; done++) {
    if (done > 0 && done % 1_000_000 === 0) progress(done);
    const input = mutated(pool, random);
    const profile = profileNames[random.below(4)]!;
    const trailing = random.below(8) === 0 ? 'accept' : 'refuse';
    seen.octets += input.length;
    const began = performance.now();
    try {
      const { frame } = codecFor(profile).decode(input, { trailing });
      seen.whole++;
      if (seen.whole % 8 === 0) {
        if (!comesBack(profile, frame)) throw new Error('the value does not come back');
        seen.rewritten++;
      }
    } catch (thrown) {
      const bit = thrown instanceof UperError ? thrown.bitOffset : null;
      if (bit === null || bit > input.length * 8) {
        const failure = `${profile} ${trailing} ${toHex(input)}: ${messageOf(thrown)}`;
        return { inputs: done + 1, ...seen, failure };
      }
      seen.refused++;
    }
    const tookUs = 1000 * (performance.now() - began);
    if (tookUs > seen.slowestUs) {
      seen.slowestUs = tookUs;
      seen.slowestOctets = input.length;
    }
  }
  return { inputs, ...seen, failure: null };
}
