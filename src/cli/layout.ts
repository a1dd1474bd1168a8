/** Text on a screen of fixed-width letters, where Chinese ones take two places. */

const wide = /[\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/u;

/** Places that a text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += wide.test(letter) ? 2 : 1;
  return width;
}

/** Fills up with blanks to a width. */
export const padTo = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** The same on the left, for numbers. */
const padBefore = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - widthOf(text))) + text;

/** Cuts to a width. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let cut = '';
  let used = 0;
  for (const letter of text) {
    used += widthOf(letter);
    if (used > width - 1) break;
    cut += letter;
  }
  return `${cut}…`;
}

/** Longer words, such as specifications of faults, may be broken behind a comma. */
const WORD_WIDTH_MAX = 30;

/** Pieces that stay together: words, and single Chinese letters with the marks behind them. */
function pieces(text: string): string[] {
  const closing = '[，。；：、！？）》”]*\\s*';
  const pattern = `[^\\s\\u2e80-\\uffe6]+${closing}|[\\u2e80-\\uffe6]${closing}|\\s+`;
  const found = text.match(new RegExp(pattern, 'gu')) ?? [];
  return found.flatMap((piece) =>
    widthOf(piece) > WORD_WIDTH_MAX ? piece.split(/(?<=[;,])/u) : [piece],
  );
}

/** Breaks a text into lines of at most `width` places; line ends of the text stay. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const piece of pieces(paragraph)) {
      if (line !== '' && widthOf(line) + widthOf(piece.trimEnd()) > width) {
        lines.push(line.trimEnd());
        line = '';
      }
      line += piece;
    }
    lines.push(line.trimEnd());
  }
  return lines;
}

/** Rows of cells as lines with aligned columns; `right` names the columns of numbers. */
export function table(
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, widthOf(cell))));
  }
  return rows.map((row) =>
    row
      .map((cell, at) =>
        (right.includes(at) ? padBefore(cell, widths[at]!) : padTo(cell, widths[at]!)),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** Places of a page for people: the screen, within what reads well. */
export const pageWidth = ({ screen }: { readonly screen: { readonly columns: number } }): number =>
  Math.max(60, Math.min(100, screen.columns));
