import { toHex } from '../../src/base/bytes.ts';

let table: Map<string, number> | undefined;

/** Character → two octets, from the platform's decoder: rows A1–F7, columns A1–FE. */
function codes(): Map<string, number> {
  if (table) return table;
  table = new Map();
  const decoder = new TextDecoder('gbk');
  for (let row = 0xa1; row <= 0xf7; row++) {
    for (let column = 0xa1; column <= 0xfe; column++) {
      const text = decoder.decode(Uint8Array.of(row, column));
      if (text.length !== 1 || text === '\ufffd' || table.has(text)) continue;
      table.set(text, row * 256 + column);
    }
  }
  return table;
}

/**
 * Text as GB2312 octets in hexadecimal, two octets a character: ASCII becomes its full-width form,
 * what GB2312 does not have becomes □. At most `maxOctets`, cut between characters.
 */
export function gb2312Hex(text: string, maxOctets = 512): string {
  const octets: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const wide = code > 0x20 && code < 0x7f ? String.fromCodePoint(code + 0xfee0) : character;
    const pair = codes().get(code === 0x20 ? '\u3000' : wide) ?? codes().get('□')!;
    if (octets.length + 2 > maxOctets) break;
    octets.push(pair >> 8, pair & 0xff);
  }
  return toHex(Uint8Array.from(octets));
}

/** Characters of a text that GB2312 does not have, each once; they would go on air as □. */
export function beyondGb2312(text: string): readonly string[] {
  const known = (character: string): boolean =>
    /^[\x20-\x7e]$/.test(character) || codes().has(character);
  return [...new Set([...text].filter((character) => !known(character)))];
}
