import { monotonicMs } from '../base/time.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';
import type { StatusDocument } from '../status.ts';
import { command } from './command.ts';
import type { Io } from './command.ts';
import { daemonOptions } from './common.ts';
import { gateLines } from './gate.ts';
import { cutTo, table, wrap } from './layout.ts';
import { headLine, messageLines, portLines, shareLines } from './statuspage.ts';
import { levelText, msText } from './words.ts';

const PERIOD_MS = 500;
/** A daemon that says nothing for so long is asked anew. */
const QUIET_MS = 5000;
/** Alternative screen on and off, cursor hidden and shown, home. */
const SCREEN = {
  begin: '\u001b[?1049h\u001b[?25l',
  end: '\u001b[?25h\u001b[?1049l',
  home: '\u001b[H',
  rest: '\u001b[J',
  line: '\u001b[K',
};

const degrees = (rad: number): string => ((90 - (rad * 180) / Math.PI + 720) % 360).toFixed(0);

/** Road users, nearest to the middle first. */
function trackLines({ tracks }: StatusDocument, io: Io, most: number): string[] {
  const head = [
    texts.col_track,
    texts.col_class,
    texts.col_east,
    texts.col_north,
    texts.col_speed,
    texts.col_heading,
    texts.col_age_one,
    texts.col_lane,
    texts.col_sensors,
  ];
  const near = [...tracks].sort(
    (a, b) => Math.hypot(
      a.eastM,
      a.northM,
    ) - Math.hypot(b.eastM, b.northM) || (a.id < b.id ? -1 : 1),
  );
  const rows = near.slice(0, most).map((track) => [
    track.id,
    track.cls,
    track.eastM.toFixed(1),
    track.northM.toFixed(1),
    (track.speedMps * 3.6).toFixed(1),
    track.headingRad === null ? '–' : degrees(track.headingRad),
    msText(track.ageMs),
    track.laneId ?? '–',
    track.sensors.join(' '),
  ]);
  return table([head.map((text) => io.say(text)), ...rows], [2, 3, 4, 5, 6]);
}

function lampLine({ lamps }: StatusDocument): string {
  return lamps
    .map(({ signalGroup, colour, flashing, remainingS }) => {
      const mark = `${colour}${flashing ? '*' : ''}`;
      return `${signalGroup} ${mark}${remainingS === null ? '' : ` ${remainingS.toFixed(0)}s`}`;
    })
    .join('  ');
}

/** One picture of the box that fits the screen. */
export function topPicture(
  document: StatusDocument,
  io: Io,
  rows: number,
  columns: number,
): string[] {
  const top = [
    headLine(document, io),
    document.capabilities.map(({ capability, level }) =>
      `${capability} ${levelText(level, io)}`,
    ).join('   '),
    ...gateLines(document, io),
    ...wrap(lampLine(document), columns),
    '',
    ...messageLines(document, io),
    ...shareLines(document, io),
    '',
    ...portLines(document, io),
    '',
    io.say(texts.top_tracks, { count: document.tracks.length }),
  ];
  const room = Math.max(1, rows - top.length - 2);
  return [...top, ...trackLines(document, io, room)].slice(0, rows).map((line) =>
    cutTo(line, columns),
  );
}

/** Redraws until q, Ctrl-C or the end of the daemon. */
async function live(io: Io, path: string): Promise<void> {
  const { askDaemon } = await import('../control.ts');
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const keys = (key: Buffer): void => {
    if (['q', 'Q', '\u0003', '\u001b'].includes(key.toString())) end();
  };
  const { stdin } = io;
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.on('data', keys);
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  io.write(SCREEN.begin);
  let heardMs = io.clock.nowMs();
  const draw = (answer: unknown): void => {
    heardMs = io.clock.nowMs();
    const { rows, columns } = io.screen;
    const lines = topPicture(answer as StatusDocument, io, rows - 1, columns);
    const foot = cutTo(io.say(texts.top_keys), columns);
    const picture = [...lines, foot].map((line) => `${line}${SCREEN.line}`).join('\n');
    io.write(`${SCREEN.home}${picture}${SCREEN.rest}`);
  };
  const watchdog = (): void => {
    if (ending.signal.aborted) return;
    if (io.clock.nowMs() - heardMs > QUIET_MS) {
      io.write(`${SCREEN.home}${io.say(texts.top_quiet)}${SCREEN.line}`);
    }
    io.clock.at(monotonicMs(io.clock.nowMs() + 1000), watchdog);
  };
  watchdog();
  try {
    await askDaemon(path, { verb: 'watch', args: { periodMs: PERIOD_MS } }, draw, ending.signal);
  } finally {
    ending.abort();
    io.write(SCREEN.end);
    stdin.off('data', keys);
    if (stdin.isTTY) stdin.setRawMode(false);
  }
}

export const top = command({
  name: 'top',
  summary: texts.top_summary,
  details: texts.top_details,
  arguments: [],
  options: { once: { type: 'boolean', help: texts.top_once }, ...daemonOptions },
  examples: ['top', 'top --once --site demo'],
  async run({ once, ...names }, io) {
    const { askStatus, dataFolder, socketOf } = await import('./daemon.ts');
    // Asked first: a daemon that is not there is said on the ordinary screen.
    const document = await askStatus(names, io);
    if (io.json) io.out(JSON.stringify(document));
    else if (once || !io.screen.isTerminal) {
      for (const line of topPicture(document, io, 10_000, 240)) io.out(line);
    } else await live(io, socketOf(await dataFolder(names, io)));
    return 0;
  },
});
