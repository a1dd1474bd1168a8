/** For the guard thread: stamps inside a ready-made unavailable SPAT. Pure; no state, no clock. */
import { decode, editions } from './gate/decode.ts';
import type { GateProfile } from './gate/site.ts';

/** Where the stamps of one frame stand, in bits. */
export interface StampOffsets {
  readonly moyAt: readonly number[];
  readonly msAt: readonly number[];
}

const MOY_BITS = 20;
const MS_BITS = 16;

/** Finds the stamps of a SPAT that says unavailable throughout; null for any other message. */
export function stampOffsets(frame: Uint8Array, profile: GateProfile): StampOffsets | null {
  const { message, moyAt, msAt } = decode(frame, editions[profile.edition]);
  if (message?.type !== 'SPAT') return null;
  const states = message.intersections.flatMap(({ phases }) => phases.flatMap((one) => one.states));
  const bare = states.every(({ light, timing }) => light === 0 && timing === null);
  return bare && msAt.length > 0 ? { moyAt, msAt } : null;
}

function setBits(bytes: Uint8Array, at: number, width: number, value: number): void {
  for (let bit = 0; bit < width; bit++) {
    const index = (at + bit) >> 3;
    const mask = 0x80 >> ((at + bit) & 7);
    const octet = bytes[index] as number;
    const set = (value >> (width - 1 - bit)) & 1;
    bytes[index] = set === 1 ? octet | mask : octet & ~mask;
  }
}

/**
 * Writes a new instant into every stamp of `frame`, in place; all other bits stay.
 *
 * @param moy minute of the UTC year, 0 to 527039.
 * @param ms millisecond of the minute, 0 to 59999.
 */
export function patchUnavailable(
  frame: Uint8Array, offsets: StampOffsets, moy: number, ms: number,
): void {
  for (const at of offsets.moyAt) setBits(frame, at, MOY_BITS, moy);
  for (const at of offsets.msAt) setBits(frame, at, MS_BITS, ms);
}
