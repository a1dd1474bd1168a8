import { cliTexts as texts } from '../base/texts/cli.ts';
import type { Text } from '../base/text.ts';
import { command } from './command.ts';
import type { CommandRow, Io } from './command.ts';
import { linesOf } from './lines.ts';

type Direction = 'encode' | 'decode';
const profiles = ['A', 'B', 'P2', 'D2'] as const;

/** So many lines are joined before they are written. */
const BATCH = 256;

async function convert(
  direction: Direction,
  profile: (typeof profiles)[number],
  io: Io,
): Promise<number> {
  const { createLineCodec } = await import('../../v2x/codec.ts');
  const codec = createLineCodec(direction, profile);
  let failed = 0;
  let line = 0;
  let waiting: string[] = [];
  const flush = async (): Promise<void> => {
    if (waiting.length === 0) return;
    io.out(waiting.join('\n'));
    waiting = [];
    await io.drain();
  };
  for await (const text of linesOf(io.stdin, texts.standard_input)) {
    line++;
    const result = codec(text, io.language);
    if (!result) continue;
    if (result.ok) {
      if (result.note !== null) {
        const { skippedExtensions } = result;
        io.note(
          io.json
            ? JSON.stringify({ note: 'skipped', line, skippedExtensions, message: result.note })
            : result.note,
        );
      }
      waiting.push(
        direction === 'encode' && io.json ? JSON.stringify({ hex: result.text }) : result.text,
      );
      // A person who types waits for each answer.
      if (waiting.length >= BATCH || io.stdin.isTTY) await flush();
      continue;
    }
    failed++;
    await flush();
    const { path, expected, got } = result.error ?? { path: '', expected: '', got: '' };
    io.note(
      io.json ? JSON.stringify(
        { error: 'line', line, path, expected, got, message: result.text },
      ) : result.text,
    );
  }
  await flush();
  return failed > 0 ? 1 : 0;
}

const row = (
  direction: Direction,
  summary: Text,
  details: Text,
  examples: readonly string[],
): CommandRow =>
  command({
    name: `v2x ${direction}`,
    summary,
    details,
    arguments: [],
    options: { profile: { type: 'choice', of: profiles, default: 'A', help: texts.v2x_profile } },
    examples,
    run: ({ profile }, io) => convert(direction, profile, io),
  });

export const v2xEncode = row('encode', texts.v2x_encode_summary, texts.v2x_encode_details, [
  'v2x encode --profile A < values.jsonl > messages.hex',
]);
export const v2xDecode = row('decode', texts.v2x_decode_summary, texts.v2x_decode_details, [
  'v2x decode --profile A < messages.hex',
  'v2x decode < /tmp/rush-replay/rsu.jsonl',
]);
