import { Fault } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import type { Text } from '../base/text.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';

/** The longest line that is taken, characters. */
export const LINE_MAX = 4 * 1024 * 1024;

/**
 * Lines of a stream, without their ends; the last may lack its own.
 * Throws `Fault` VALUE_OUT_OF_RANGE for a line that would not end.
 */
export async function* linesOf(
  stream: AsyncIterable<unknown>,
  subject: string | Text,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(
      chunk as Uint8Array,
      { stream: true },
    );
    let from = 0;
    for (let end = rest.indexOf('\n', from); end >= 0; end = rest.indexOf('\n', from)) {
      yield rest.slice(from, rest[end - 1] === '\r' && end > from ? end - 1 : end);
      from = end + 1;
    }
    rest = rest.slice(from);
    if (rest.length <= LINE_MAX) continue;
    throw new Fault('VALUE_OUT_OF_RANGE', {
      subject,
      expected: filledText(texts.lines_expected, { max: LINE_MAX }),
      got: texts.lines_got,
      next: texts.lines_next,
    });
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
