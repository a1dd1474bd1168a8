import { Fault } from '../base/fault.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';
import type { ScoreOptions, ScoreRow } from '../score/index.ts';
import { UsageError, command } from './command.ts';
import type { Io } from './command.ts';
import { linesOfFile } from './files.ts';
import { table } from './layout.ts';

async function readRows(path: string, io: Io): Promise<ScoreRow[]> {
  const { readScoreRows, RowError } = await import('../score/index.ts');
  try {
    io.progress(io.say(texts.score_reading, { path }));
    return await readScoreRows(linesOfFile(path, io));
  } catch (thrown) {
    if (!(thrown instanceof RowError)) throw thrown;
    throw new Fault(
      'FILE_UNREADABLE',
      {
        subject: `${path}:${thrown.line}`,
        expected: texts.score_row,
        got: thrown.text,
        next: texts.score_row_next,
      },
      { cause: thrown },
    );
  }
}

function areaOf(text: string): readonly [number, number, number, number] {
  const [a, b, c, d, ...rest] = text.split(',').map((part) =>
    (part.trim() === '' ? Number.NaN : Number(part)),
  );
  const good = rest.length === 0 && [a, b, c, d].every((value) => Number.isFinite(value));
  if (!good) {
    throw new UsageError(texts.usage_form, { flag: '--roi', expected: 'x0,y0,x1,y1', got: text });
  }
  return [a!, b!, c!, d!];
}

const shown = (value: number | null): string =>
  value === null ? '–' : Number.isInteger(value) ? String(value) : value.toFixed(4);

export const score = command({
  name: 'score',
  summary: texts.score_summary,
  details: texts.score_details,
  arguments: [
    { name: 'truth', help: texts.score_truth },
    { name: 'tracks', help: texts.score_tracks },
  ],
  options: {
    maxDist: { type: 'number', min: 0.01, max: 100, default: 2, help: texts.score_max_dist },
    align: { type: 'choice', of: ['snap', 'interp'], default: 'snap', help: texts.score_align },
    tol: { type: 'number', min: 0, max: 60, help: texts.score_tol },
    maxGap: { type: 'number', min: 0, max: 60, default: 0.5, help: texts.score_max_gap },
    classGate: { type: 'boolean', help: texts.score_class_gate },
    cls: { type: 'text', value: 'a,b', help: texts.score_cls },
    roi: { type: 'text', value: 'x0,y0,x1,y1', help: texts.score_roi },
    hotaZero: { type: 'number', min: 0.01, max: 200, help: texts.score_hota_zero },
    gospaC: { type: 'number', min: 0.01, max: 200, help: texts.score_gospa_c },
    gospaP: { type: 'number', min: 1, max: 10, default: 2, help: texts.score_gospa_p },
    keep: { type: 'choice', of: ['last', 'prev'], default: 'last', help: texts.score_keep },
  },
  examples: [
    'score /tmp/rush/truth.jsonl /tmp/rush-replay/tracks.jsonl --align interp',
    'score truth.jsonl tracks.jsonl --cls pedestrian,bicycle --max-dist 1 --json',
  ],
  async run(values, io) {
    const options: ScoreOptions = {
      maxDist: values.maxDist,
      align: values.align,
      maxGapS: values.maxGap,
      classGate: values.classGate,
      gospaPower: values.gospaP,
      keep: values.keep,
      ...(values.tol === null ? {} : { toleranceS: values.tol }),
      ...(values.cls === null ? {} : { classes: values.cls.split(',') }),
      ...(values.roi === null ? {} : { area: areaOf(values.roi) }),
      ...(values.hotaZero === null ? {} : { hotaZero: values.hotaZero }),
      ...(values.gospaC === null ? {} : { gospaCut: values.gospaC }),
    };
    const truth = await readRows(values.truth, io);
    const tracks = await readRows(values.tracks, io);
    io.progress(io.say(texts.score_going, { truth: truth.length, tracks: tracks.length }));
    const { evaluate } = await import('../score/index.ts');
    const figures = evaluate(truth, tracks, options);
    io.progress(null);
    if (io.json) io.out(JSON.stringify({ formatVersion: 1, ...figures }));
    else {
      const rows = Object.entries(figures).map(([name, value]) => [name, shown(value)]);
      for (const line of table(rows)) io.out(line);
    }
    return 0;
  },
});
