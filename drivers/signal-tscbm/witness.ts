/**
 * The gate's own reading of a TSCBM broadcast: lamp bits to colours, nothing else. Written apart
 * from the decoder; do not let them share a table.
 *
 * Source: Econolite ASC/3 SPaT support document, the bit maps at octets 210 to 231.
 */
import type { EvidenceFrame, Witness, WitnessColour } from '../../src/base/evidence.ts';

const START = 0xcd;
const BLOCKS = 16;
/** Format 2, and format 6 with pedestrian calls. */
const lengths: readonly number[] = [241, 245];

/** Three maps of 16 lamps each. */
interface Kind {
  readonly name: string;
  readonly red: number;
  readonly middle: number;
  readonly green: number;
  /** Null where the packet has no flashing bits for the kind. */
  readonly flashing: number | null;
  /** What the middle map means. */
  readonly between: WitnessColour;
}

const kinds: readonly Kind[] = [
  { name: 'phase', red: 210, middle: 212, green: 214, flashing: 228, between: 'yellow' },
  {
    name: 'pedestrian', red: 216, middle: 218, green: 220, flashing: null,
    between: 'flashing-green',
  },
  { name: 'overlap', red: 222, middle: 224, green: 226, flashing: 230, between: 'yellow' },
];

const flashed: Partial<Record<WitnessColour, WitnessColour>> = {
  red: 'flashing-red',
  yellow: 'flashing-yellow',
  green: 'flashing-green',
};

function isPacket(bytes: Uint8Array): boolean {
  return bytes[0] === START && bytes[1] === BLOCKS && lengths.includes(bytes.length);
}

function colourOf(bytes: Uint8Array, kind: Kind, lamp: number): WitnessColour {
  const bit = (at: number): boolean =>
    ((((bytes[at] as number) << 8) | (bytes[at + 1] as number)) & (1 << (lamp - 1))) !== 0;
  const lit: WitnessColour[] = [];
  if (bit(kind.red)) lit.push('red');
  if (bit(kind.middle)) lit.push(kind.between);
  if (bit(kind.green)) lit.push('green');
  // Two lamps of one head at once is no state of this controller.
  if (lit.length > 1) return 'unknown';
  const colour = lit[0] ?? 'dark';
  const flashing = kind.flashing !== null && bit(kind.flashing);
  return flashing ? (flashed[colour] ?? 'unknown') : colour;
}

/**
 * Colours of `phase:n`, `pedestrian:n` and `overlap:n`, n from 1 to 16; the last packet counts.
 * Null where any frame is not a whole packet.
 */
export const witness: Witness = (frames: readonly EvidenceFrame[]) => {
  const last = frames[frames.length - 1];
  if (!last || !frames.every(({ bytes }) => isPacket(bytes))) return null;
  const colours = new Map<string, WitnessColour>();
  for (const kind of kinds) {
    for (let lamp = 1; lamp <= 16; lamp++) {
      colours.set(`${kind.name}:${lamp}`, colourOf(last.bytes, kind, lamp));
    }
  }
  return colours;
};
