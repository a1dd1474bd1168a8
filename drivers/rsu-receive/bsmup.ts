/**
 * V2X.RSU.BSM.UP of T/ITS 0117: a count, then lengths and messages. The text gives neither the order
 * of octets nor whether lengths come first as a block; each payload tells by fitting exactly, and
 * what fits all payloads so far is held to. Source: city-link, section 3.3.
 */

/** One way to read a payload. */
interface Layout {
  readonly littleEndian: boolean;
  readonly lengthsFirst: boolean;
}

/** Big-endian, a length before each message: the likeliest first. */
const layouts: readonly Layout[] = [
  { littleEndian: false, lengthsFirst: false },
  { littleEndian: false, lengthsFirst: true },
  { littleEndian: true, lengthsFirst: false },
  { littleEndian: true, lengthsFirst: true },
];
/** So many payloads in a row that fit no more say that the unit has changed. */
const REFUSED_MAX = 16;

function read(octets: Uint8Array, { littleEndian, lengthsFirst }: Layout): Uint8Array[] | null {
  const count = octets[0] ?? 0;
  if (count === 0 || octets.length < 1 + 2 * count) return null;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const frames: Uint8Array[] = [];
  let at = lengthsFirst ? 1 + 2 * count : 1;
  for (let index = 0; index < count; index++) {
    const lengthAt = lengthsFirst ? 1 + 2 * index : at;
    if (lengthAt + 2 > octets.length) return null;
    const length = view.getUint16(lengthAt, littleEndian);
    if (!lengthsFirst) at += 2;
    if (length === 0 || at + length > octets.length) return null;
    frames.push(octets.subarray(at, at + length));
    at += length;
  }
  return at === octets.length ? frames : null;
}

/** A payload in one layout. At most 255 messages. */
function written(frames: readonly Uint8Array[], { littleEndian, lengthsFirst }: Layout): Uint8Array {
  const lengths = frames.map(({ length }) =>
    littleEndian ? [length & 0xff, length >> 8] : [length >> 8, length & 0xff]);
  const parts = lengthsFirst
    ? [...lengths, ...frames]
    : frames.flatMap((frame, index) => [lengths[index]!, frame]);
  return Uint8Array.from([frames.length, ...parts.flatMap((part) => [...part])]);
}

/** One message as a payload. */
export const asBsmUp = (frame: Uint8Array): Uint8Array => written([frame], layouts[0]!);

/** The same payload with other messages in it; null where it fits no layout. */
export function mapBsmUp(
  octets: Uint8Array, change: (frame: Uint8Array) => Uint8Array,
): Uint8Array | null {
  for (const layout of layouts) {
    const frames = read(octets, layout);
    if (frames) return written(frames.map(change), layout);
  }
  return null;
}

/** Reads payloads of one unit. Stateful: what fitted so far. */
export class BsmUpReader {
  #possible = layouts.map((_layout, index) => index);
  #refused = 0;

  /** The messages of a payload, or null. */
  read(octets: Uint8Array): readonly Uint8Array[] | null {
    const fitting = this.#possible.filter((index) => read(octets, layouts[index]!) !== null);
    const [first] = fitting;
    if (first === undefined) {
      this.#refused++;
      if (this.#refused < REFUSED_MAX) return null;
      this.#refused = 0;
      this.#possible = layouts.map((_layout, index) => index);
      return null;
    }
    this.#refused = 0;
    this.#possible = fitting;
    return read(octets, layouts[first]!);
  }

  snapshot(): unknown {
    return { possible: [...this.#possible], refused: this.#refused };
  }

  restore(snapshot: unknown): void {
    const { possible, refused } = snapshot as { possible: number[]; refused: number };
    this.#possible = [...possible];
    this.#refused = refused;
  }
}
