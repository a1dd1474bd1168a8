/** Message frames ↔ octets in each profile, and the line form of `lukou v2x encode|decode`. */
import { fromHex, toHex } from '../src/base/bytes.ts';
import { fillText } from '../src/base/text.ts';
import type { Language } from '../src/base/text.ts';
import { v2xTexts } from '../src/base/texts/v2x.ts';
import type { MessageFrame } from './schemas/frame.ts';
import { frameSchema, profileNames } from './schemas/profiles.ts';
import type { ProfileName } from './schemas/profiles.ts';
import { checkFields } from './uper/check.ts';
import { UperError, decoderFor, encoderFor } from './uper/compile.ts';
import type { DecodeOptions, Encoder } from './uper/compile.ts';

export { UperError } from './uper/compile.ts';
export { profileNames } from './schemas/profiles.ts';
export type { ProfileName } from './schemas/profiles.ts';

/** A decoded frame. An unknown alternative or name reads `extension-3`, a message `Unknown`. */
export interface DecodedFrame {
  readonly frame: MessageFrame;
  /** Unknown extensions that were skipped, or kept as raw octets. */
  readonly skippedExtensions: number;
}

/** Encodes and decodes complete messages of one profile. */
export interface FrameCodec {
  readonly profile: ProfileName;
  /** Octets of a frame. Throws `UperError` when the profile does not hold the value. */
  encode(frame: MessageFrame): Uint8Array;
  /** Writes into the caller's memory at `offset`; returns the octets written. */
  encodeInto(frame: MessageFrame, target: Uint8Array, offset?: number): number;
  /** A frame of octets. Throws `UperError`; never gives half a value. */
  decode(octets: Uint8Array, options?: DecodeOptions): DecodedFrame;
  /** Refuses fields that the profile does not know, which `encode` would leave out. */
  checkFields(frame: unknown): void;
}

const codecs = new Map<ProfileName, FrameCodec>();

/** The codec of a profile; it is made, and its code compiled, when first used. */
export function codecFor(profile: ProfileName): FrameCodec {
  const made = codecs.get(profile);
  if (made !== undefined) return made;
  const schema = frameSchema(profile);
  const encode = encoderFor(schema, 2048) as unknown as Encoder<MessageFrame>;
  const decode = decoderFor(schema);
  const codec: FrameCodec = {
    profile,
    encode,
    encodeInto: (frame, target, offset) => encode.into(frame, target, offset),
    decode(octets, options) {
      const { value, skippedExtensions } = decode(octets, options);
      return { frame: value as MessageFrame, skippedExtensions };
    },
    checkFields: (frame) => checkFields(schema, frame),
  };
  codecs.set(profile, codec);
  return codec;
}

/** What became of one line. */
export interface LineResult {
  readonly ok: boolean;
  /** The line to print: hexadecimal or JSON when ok, else the sentence of the error. */
  readonly text: string;
  readonly skippedExtensions: number;
  readonly error: UperError | null;
  /** A sentence on what was skipped; null where nothing was. */
  readonly note: string | null;
}

/** Takes one line and gives one; null for an empty line. Lines are counted from 1. */
export type LineCodec = (line: string, language?: Language) => LineResult | null;

/**
 * Encodes or decodes line by line. `encode` takes JSON: the value, or `{"profile"?, "value"}`;
 * `decode` takes hexadecimal, in quotes or not, or JSON with `hex` and `profile`?. A bad line never
 * stops the rest.
 */
export function createLineCodec(
  direction: 'encode' | 'decode',
  profile: ProfileName,
  options: DecodeOptions = {},
): LineCodec {
  let count = 0;
  return (line, language = 'en') => {
    count++;
    const text = line.trim();
    if (text === '') return null;
    try {
      if (direction === 'encode') return encodeLine(text, profile);
      const result = decodeLine(text, profile, options);
      const skipped = result.skippedExtensions;
      if (skipped === 0) return result;
      const values = { line: count, skipped };
      return { ...result, note: fillText(v2xTexts.codecSkipped, language, values) };
    } catch (thrown) {
      if (!(thrown instanceof UperError)) throw thrown;
      const values = { line: count, sentence: thrown.in(language) };
      const sentence = fillText(v2xTexts.codecLine, language, values);
      return { ok: false, text: sentence, skippedExtensions: 0, error: thrown, note: null };
    }
  };
}

function encodeLine(text: string, profile: ProfileName): LineResult {
  const row = parseObject(text, 'jsonLine');
  const wrapped = 'value' in row;
  const codec = codecFor(profileOf(row, profile));
  const value = wrapped ? row.value : row;
  codec.checkFields(value);
  const hex = toHex(codec.encode(value as MessageFrame));
  return { ok: true, text: hex, skippedExtensions: 0, error: null, note: null };
}

function decodeLine(text: string, profile: ProfileName, options: DecodeOptions): LineResult {
  const bare = text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
  const row = text.startsWith('{') ? parseObject(text, 'hexLine') : { hex: bare };
  const { hex } = row;
  if (typeof hex !== 'string' || !/^(\s*[0-9a-fA-F]{2})*\s*$/.test(hex)) {
    throw refusedLine('hexLine', typeof hex === 'string' ? hex : text);
  }
  const { frame, skippedExtensions } = codecFor(profileOf(row, profile)).decode(
    fromHex(hex),
    options,
  );
  return { ok: true, text: JSON.stringify(frame), skippedExtensions, error: null, note: null };
}

function refusedLine(text: keyof typeof v2xTexts, got: string): UperError {
  return new UperError('text', null, { text, values: {} }, `"${got.slice(0, 40)}"`);
}

function parseObject(text: string, expected: keyof typeof v2xTexts): Record<string, unknown> {
  let parsed: unknown = null;
  try {
    parsed = JSON.parse(text);
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw refusedLine(expected, text);
  }
  return parsed as Record<string, unknown>;
}

/** The profile that a line names, else the one given. */
function profileOf(row: Record<string, unknown>, given: ProfileName): ProfileName {
  if (row.profile === undefined) return given;
  const known = profileNames.find((name) => name === row.profile);
  if (known !== undefined) return known;
  const expectation = { text: 'profileName', values: { names: profileNames.join(', ') } } as const;
  throw new UperError('profile', null, expectation, JSON.stringify(row.profile).slice(0, 40));
}
