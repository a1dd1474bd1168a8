/** Reading JSON that a stranger sent: bounded in size, depth and keys, exact in long numbers. */

/** Why a text was not read. */
export type JsonDrop =
  | 'json_size' | 'json_utf8' | 'json_depth' | 'json_keys' | 'json_forbidden_key' | 'json_syntax';

/** Bounds of one document. */
export interface JsonLimits {
  readonly octetsMax: number;
  readonly depthMax: number;
  readonly keysMax: number;
}

export type JsonResult =
  | { readonly value: unknown; readonly dropped?: undefined }
  | { readonly dropped: JsonDrop };

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const decoder = new TextDecoder('utf-8', { fatal: true });
const forbidden: readonly string[] = ['__proto__', 'constructor', 'prototype'];
/** Whole numbers of this many digits may not fit a double; they are kept as text. */
const LONG_DIGITS = 16;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Reads one document; never throws. Whole numbers of 16 digits and more come out as strings. */
export function readJson(bytes: Uint8Array, limits: JsonLimits): JsonResult {
  if (bytes.length > limits.octetsMax) return { dropped: 'json_size' };
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return { dropped: 'json_utf8' }; // the decoder's own words say no more
  }
  const scan = scanText(text, limits);
  if (scan.dropped !== undefined) return { dropped: scan.dropped };
  let value: unknown;
  try {
    value = JSON.parse(scan.text);
  } catch {
    return { dropped: 'json_syntax' };
  }
  return hasForbiddenKey(value) ? { dropped: 'json_forbidden_key' } : { value };
}

type Scan =
  | { readonly text: string; readonly dropped?: undefined }
  | { readonly dropped: JsonDrop };

/** Where the string that opens at `from` ends: the place after its closing quote. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at + 1;
  }
  return text.length;
}

/** Counts depth and keys before anything is built, and puts long whole numbers into quotes. */
function scanText(text: string, limits: JsonLimits): Scan {
  let depth = 0;
  let keys = 0;
  let built = '';
  let copied = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    if (code === 0x7b || code === 0x5b) {
      if (++depth > limits.depthMax) return { dropped: 'json_depth' };
    } else if (code === 0x7d || code === 0x5d) depth--;
    else if (code === 0x3a && ++keys > limits.keysMax) return { dropped: 'json_keys' };
    else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const end = endOfNumber(text, at);
      if (end - at >= LONG_DIGITS && /^-?\d+$/.test(text.slice(at, end))) {
        built += `${text.slice(copied, at)}"${text.slice(at, end)}"`;
        copied = end;
      }
      at = end;
      continue;
    }
    at++;
  }
  return { text: copied === 0 ? text : built + text.slice(copied) };
}

function endOfNumber(text: string, from: number): number {
  let at = from + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const digit = code >= 0x30 && code <= 0x39;
    if (!digit && code !== 0x2e && code !== 0x2b && code !== 0x2d && (code | 0x20) !== 0x65) break;
  }
  return at;
}

/** The depth is bounded by the scan before. */
function hasForbiddenKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasForbiddenKey);
  for (const [key, inner] of Object.entries(value)) {
    if (forbidden.includes(key) || hasForbiddenKey(inner)) return true;
  }
  return false;
}

/** A field of an object, never one that it inherits. */
export const fieldOf = (object: JsonObject, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined;

/** A finite number within bounds, or null. Numbers in quotes count where a device sends them so. */
export function numberWithin(value: unknown, low: number, high: number): number | null {
  return typeof value === 'number' && value >= low && value <= high ? value : null;
}
