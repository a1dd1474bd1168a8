import type { DetectionRow } from '../../fusion/detections.ts';
import { Counters } from '../base/counters.ts';
import { Fault } from '../base/fault.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';
import { command } from './command.ts';
import type { Io } from './command.ts';
import { LineSink, linesOfFile } from './files.ts';
import { countsText } from './replay.ts';

function rowOfLine(text: string, path: string, line: number): DetectionRow | null {
  if (text.trim() === '' || text.startsWith('#')) return null;
  let row: unknown = null;
  try {
    row = JSON.parse(text);
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
  }
  const { t, x, y } = (row ?? {}) as Partial<Record<string, unknown>>;
  if ([t, x, y].every((value) => typeof value === 'number')) return row as DetectionRow;
  throw new Fault('FILE_UNREADABLE', {
    subject: `${path}:${line}`,
    expected: texts.track_row,
    got: text.slice(0, 60),
    next: texts.track_row_next,
  });
}

async function readDetections(path: string, io: Io): Promise<DetectionRow[]> {
  const rows: DetectionRow[] = [];
  let line = 0;
  for await (const text of linesOfFile(path, io)) {
    const row = rowOfLine(text, path, ++line);
    if (row) rows.push(row);
  }
  return rows;
}

export const track = command({
  name: 'track',
  summary: texts.track_summary,
  details: texts.track_details,
  arguments: [{ name: 'detections', help: texts.track_detections }],
  options: { out: { type: 'text', value: 'file', help: texts.track_out } },
  examples: [
    'track detections.jsonl --out tracks.jsonl',
    'track - < detections.jsonl > tracks.jsonl',
  ],
  async run({ detections, out }, io) {
    const { trackDetections } = await import('../../fusion/detections.ts');
    const rows = await readDetections(detections, io);
    const drops = new Counters();
    const ids = new Set<string>();
    const sink = new LineSink(out, io);
    let written = 0;
    for (const row of trackDetections(rows, (name, by) => drops.count(name, by))) {
      ids.add(`${row.seq}/${row.id}`);
      written++;
      if (!sink.add(JSON.stringify(row))) continue;
      io.progress(io.say(texts.track_going, { rows: written }));
      await sink.flush();
    }
    await sink.close();
    io.progress(null);
    const counts = { detections: rows.length, rows: written, tracks: ids.size };
    // The output may be the tracks themselves: what is said about them goes beside it.
    const told = (line: string): void => (out === null ? io.note(line) : io.out(line));
    if (io.json) told(JSON.stringify({ formatVersion: 1, ...counts, drops: drops.toJSON() }));
    else {
      const dropped = countsText(drops.toJSON(), io.say(texts.none));
      told(io.say(texts.track_done, { ...counts, drops: dropped }));
    }
    return 0;
  },
});
