import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';
import type { ReplayReport } from '../replay.ts';
import { command } from './command.ts';
import type { Io } from './command.ts';
import { siteOption } from './common.ts';
import { pageWidth, table, wrap } from './layout.ts';
import { readSite, sampleSites } from './sites.ts';

const faultExample =
  'gap:port=radar-north,at=10,for=2;jitter:ms=20;step:at=30,ms=-500;duplicate:share=0.1';
const faultsHelp = {
  en: texts.replay_faults.en.replace('{example}', faultExample),
  zh: texts.replay_faults.zh.replace('{example}', faultExample),
};

/** Which site a recording says that it was made at. */
function recordedAt(recording: string): { readonly id: string; readonly hash: string } {
  const path = join(recording, 'manifest.json');
  try {
    const text = readFileSync(path, 'utf8');
    const { site } = JSON.parse(text) as { site?: { id?: string; hash?: string } };
    return { id: site?.id ?? '', hash: site?.hash ?? '' };
  } catch (cause) {
    const facts = {
      subject: path,
      expected: texts.fault_recording_expected,
      got: texts.fault_recording_got,
      next: texts.fault_recording_next,
    };
    throw new Fault('FILE_UNREADABLE', facts, { cause });
  }
}

/** The sample of the name that stands in the recording. */
function siteOfRecording(recording: string): string {
  const { id } = recordedAt(recording);
  if (sampleSites().includes(id)) return id;
  const facts = {
    subject: recording,
    expected: texts.fault_recording_site,
    got: filledText(texts.fault_recording_site_got, { id }),
    next: texts.fault_recording_site_next,
  };
  throw new Fault('FILE_UNREADABLE', facts);
}

/** `a 3, b 1`, most first. */
export function countsText(counts: Readonly<Record<string, number>>, none: string): string {
  const rows = Object.entries(counts).filter(([, count]) => count > 0);
  rows.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return rows.length === 0 ? none : rows.map(([name, count]) => `${name} ${count}`).join(', ');
}

/** What was written, and into which folder. */
interface Written {
  readonly folder: string;
  readonly files: readonly string[];
}

function tell(report: ReplayReport, wallS: number, written: Written | null, io: Io): void {
  const none = io.say(texts.none);
  const factor = (report.seconds / Math.max(wallS, 1e-3)).toFixed(1);
  io.out(
    io.say(
      texts.replay_head,
      { seconds: report.seconds.toFixed(1), wallS: wallS.toFixed(2), factor },
    ),
  );
  const head = [
    texts.col_message,
    texts.col_sent,
    texts.col_octets,
    texts.col_age,
    texts.col_p99,
    texts.col_max,
  ];
  const rows = Object.entries(report.messages).map(([type, sent]) => {
    const age = report.ageMs[type];
    const ages = age ? [age.p50, age.p99, age.max].map((ms) =>
      `${ms.toFixed(1)} ms`,
    ) : ['–', '–', '–'];
    return [type, String(sent), String(report.octets[type] ?? 0), ...ages];
  });
  for (const line of table([head.map((text) => io.say(text)), ...rows], [1, 2, 3, 4, 5])) {
    io.out(`  ${line}`);
  }
  const events = countsText(report.events, none);
  io.out(io.say(texts.replay_tracks, { tracks: report.tracks, rows: report.trackRows, events }));
  const drops = io.say(texts.replay_drops, { drops: countsText(report.drops, none) });
  for (const line of wrap(drops, pageWidth(io))) io.out(line);
  if (!written) io.out(io.say(texts.replay_not_written));
  else {
    const { folder, files } = written;
    io.out(io.say(texts.replay_written, { folder, files: files.join(', ') }));
  }
  const { verify } = report;
  if (!verify) return;
  const { equal, compared, outside, firstDifference } = verify;
  if (compared === 0) io.out(io.say(texts.replay_nothing_live));
  else io.out(io.say(texts.replay_verified, { equal, compared, outside }));
  if (!firstDifference) return;
  io.out(
    io.say(texts.replay_differs, { stream: firstDifference.stream, index: firstDifference.index }),
  );
  io.out(`  - ${firstDifference.live}`);
  io.out(`  + ${firstDifference.replay}`);
}

export const replay = command({
  name: 'replay',
  summary: texts.replay_summary,
  details: texts.replay_details,
  arguments: [{ name: 'recording', help: texts.replay_recording }],
  options: {
    site: { ...siteOption, help: texts.replay_site },
    out: { type: 'text', value: 'folder', help: texts.replay_out },
    pace: { type: 'choice', of: ['max', 'real'], default: 'max', help: texts.replay_pace },
    seed: { type: 'number', min: 0, max: 4294967295, whole: true, help: texts.replay_seed },
    faults: { type: 'text', value: 'faults', help: faultsHelp },
    verify: { type: 'boolean', help: texts.replay_verify },
  },
  examples: [
    'replay /tmp/rush --site demo --out /tmp/rush-replay',
    'replay /var/lib/lukou/last-hour --site /etc/lukou/site --verify',
    'replay /tmp/rush --out /tmp/worse --faults "gap:at=10,for=2;corrupt:share=0.01"',
  ],
  async run({ recording, site: named, out, pace, seed, faults, verify }, io) {
    const site = await readSite(named ?? siteOfRecording(recording));
    const { id, hash } = recordedAt(recording);
    // States fit the site that they were taken at alone.
    if (id !== site.id && existsSync(join(recording, 'state-signals.bin'))) {
      throw new Fault('REFUSED', {
        subject: recording,
        expected: filledText(texts.fault_recording_its_site, { id }),
        got: filledText(texts.fault_recording_its_site, { id: site.id }),
        next: texts.fault_recording_site_next,
      });
    }
    // A device's bytes read at another site mostly come out as noise, which looks like a fault.
    if (id !== site.id) io.note(io.say(texts.replay_other_site, { id, site: site.id }));
    else if (hash !== site.hash) io.note(io.say(texts.replay_changed_site, { site: site.id }));
    const { replay: replayRecording, replayFiles } = await import('../replay.ts');
    const beganMs = io.clock.nowMs();
    const report = await replayRecording({
      recording,
      site,
      out,
      pace,
      verify,
      ...(seed === null ? {} : { seed }),
      ...(faults === null ? {} : { faults }),
      progress: (done) => io.progress(io.say(texts.replay_going, { done: done.toFixed(0) })),
    });
    io.progress(null);
    const wallS = (io.clock.nowMs() - beganMs) / 1000;
    const realTimeFactor = report.seconds / wallS;
    const written = out === null ? null : { folder: out, files: replayFiles };
    if (io.json) io.out(JSON.stringify({ ...report, wallS, realTimeFactor, written }));
    else tell(report, wallS, written, io);
    const found = report.verify;
    return found && found.equal < found.compared ? 1 : 0;
  },
});
