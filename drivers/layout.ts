import { assert } from '../src/base/assert.ts';
import { Fault } from '../src/base/fault.ts';
import { filledText } from '../src/base/text.ts';
import { driverFaultTexts } from '../src/base/texts/drivers.ts';

/** One big-endian bit field. Bit 0 is the top bit of octet 0; value = raw × scale + offset. */
export interface LayoutField {
  /** Bit number of the field's top bit. */
  readonly at: number;
  /** Width, 1 to 48. */
  readonly bits: number;
  readonly scale?: number;
  readonly offset?: number;
  /** Two's complement; unsigned unless said. */
  readonly signed?: boolean;
}

/** Rows of one frame. Further facts (a CAN id) travel along untouched. */
export interface LayoutRows<F extends Readonly<Record<string, LayoutField>>> {
  /** Named in faults. */
  readonly name?: string;
  readonly bytes: number;
  readonly fields: F;
}

/** The numbers of a frame, by field name. */
export type LayoutValue<F> = { -readonly [K in keyof F]: number };

/** What `frameLayout` gives. A frame may begin at octet `base` of a longer one. */
export interface FrameLayout<F extends Readonly<Record<string, LayoutField>>> {
  /** All fields. Asserts that `bytes` holds the whole frame from octet `base` on. */
  read(bytes: Uint8Array, base?: number): LayoutValue<F>;
  /** One field, without an object. */
  readField(name: keyof F, bytes: Uint8Array, base?: number): number;
  /**
   * Rounds to raw and writes, into `into` or fresh octets; bits without a field stay as they are.
   * Throws `Fault` VALUE_OUT_OF_RANGE for what the field cannot hold; nothing is ever clamped.
   */
  write(values: Readonly<LayoutValue<F>>, into?: Uint8Array, base?: number): Uint8Array;
}

/** One field with everything that the loops need, worked out once. */
interface Row {
  readonly name: string;
  readonly octet: number;
  readonly octets: number;
  /** Bits below the field in its last octet. */
  readonly shift: number;
  readonly bits: number;
  /** 2^bits. */
  readonly span: number;
  readonly scale: number;
  readonly offset: number;
  readonly signed: boolean;
}

const rowOf = (name: string, field: LayoutField): Row => {
  const { at, bits, scale = 1, offset = 0, signed = false } = field;
  assert(Number.isInteger(at) && at >= 0, `field ${name}: at is ${at}`);
  assert(Number.isInteger(bits) && bits >= 1 && bits <= 48, `field ${name}: bits is ${bits}`);
  assert(Number.isFinite(scale) && scale !== 0, `field ${name}: scale is ${scale}`);
  assert(Number.isFinite(offset), `field ${name}: offset is ${offset}`);
  const octet = at >> 3;
  const octets = ((at + bits - 1) >> 3) - octet + 1;
  const shift = 8 * octets - (at & 7) - bits;
  return { name, octet, octets, shift, bits, span: 2 ** bits, scale, offset, signed };
};

function refuseOverlap(rows: Readonly<Record<string, LayoutField>>, bytes: number): void {
  const owner = new Map<number, string>();
  for (const [name, { at, bits }] of Object.entries(rows)) {
    const end = at + bits;
    assert(end <= 8 * bytes, `field ${name} leaves the frame: bit ${end} of ${8 * bytes}`);
    for (let bit = at; bit < at + bits; bit++) {
      assert(!owner.has(bit), `fields ${owner.get(bit)} and ${name} overlap at bit ${bit}`);
      owner.set(bit, name);
    }
  }
}

const readRaw = (row: Row, bytes: Uint8Array, base: number): number => {
  const start = base + row.octet;
  let raw: number;
  if (row.octets <= 3) {
    let word = bytes[start]!;
    for (let index = 1; index < row.octets; index++) word = (word << 8) | bytes[start + index]!;
    raw = (word >>> row.shift) & (row.span - 1);
  } else {
    // Up to 55 bits are spanned; taking the two ends' spare bits off first keeps it exact.
    const topSpare = 8 * row.octets - row.shift - row.bits;
    raw = bytes[start]! & (0xff >> topSpare);
    for (let index = 1; index < row.octets - 1; index++) raw = raw * 256 + bytes[start + index]!;
    raw = raw * 2 ** (8 - row.shift) + (bytes[start + row.octets - 1]! >> row.shift);
  }
  return row.signed && raw >= row.span / 2 ? raw - row.span : raw;
};

const writeRaw = (row: Row, raw: number, bytes: Uint8Array, base: number): void => {
  let rest = raw < 0 ? raw + row.span : raw;
  let left = row.bits;
  let shift = row.shift;
  for (let index = base + row.octet + row.octets - 1; left > 0; index--) {
    const width = Math.min(8 - shift, left);
    const mask = ((1 << width) - 1) << shift;
    bytes[index] = (bytes[index]! & ~mask) | ((rest % 2 ** width) << shift);
    rest = Math.floor(rest / 2 ** width);
    left -= width;
    shift = 0;
  }
};

const rawOf = (row: Row, value: number, subject: string): number => {
  const low = row.signed ? -row.span / 2 : 0;
  const high = low + row.span - 1;
  const raw = Math.round((value - row.offset) / row.scale);
  if (raw >= low && raw <= high) return raw;
  const ends = [low * row.scale + row.offset, high * row.scale + row.offset].sort((a, b) => a - b);
  throw new Fault('VALUE_OUT_OF_RANGE', {
    subject: `${subject}.${row.name}`,
    expected: filledText(driverFaultTexts.span, { low: ends[0]!, high: ends[1]! }),
    got: String(value),
    next: driverFaultTexts.span_next,
  });
};

/**
 * Bit layout as data: rows in, a typed reader and writer out.
 *
 * Asserts, at load, that fields neither overlap nor leave the frame.
 * Cost: reading makes one object and is linear in the fields.
 */
export function frameLayout<
  const F extends Readonly<Record<string, LayoutField>>,
  const R extends LayoutRows<F>,
>(rows: R & LayoutRows<F>): R & FrameLayout<F> {
  assert(Number.isInteger(rows.bytes) && rows.bytes > 0, `bytes is ${rows.bytes}`);
  refuseOverlap(rows.fields, rows.bytes);
  const list = Object.entries(rows.fields).map(([name, field]) => rowOf(name, field));
  const byName = new Map(list.map((row) => [row.name, row]));
  const subject = rows.name ?? 'frame';
  const fits = (bytes: Uint8Array, base: number): void => {
    const enough = base >= 0 && bytes.length >= base + rows.bytes;
    assert(enough, `${subject}: ${bytes.length} octets from ${base} are too few`);
  };
  return {
    ...rows,
    read(bytes, base = 0) {
      fits(bytes, base);
      const value: Record<string, number> = {};
      for (const row of list) value[row.name] = readRaw(row, bytes, base) * row.scale + row.offset;
      return value as LayoutValue<F>;
    },
    readField(name, bytes, base = 0) {
      fits(bytes, base);
      const row = byName.get(name as string);
      assert(row, `${subject} has no field ${String(name)}`);
      return readRaw(row, bytes, base) * row.scale + row.offset;
    },
    write(values, into, base = 0) {
      const bytes = into ?? new Uint8Array(base + rows.bytes);
      fits(bytes, base);
      for (const row of list) {
        writeRaw(row, rawOf(row, values[row.name as keyof F], subject), bytes, base);
      }
      return bytes;
    },
  };
}
