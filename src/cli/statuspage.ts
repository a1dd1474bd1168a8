/** The status document as a page for people. */
import { cliTexts as texts } from '../base/texts/cli.ts';
import { webTexts } from '../base/texts/web.ts';
import type { Text } from '../base/text.ts';
import { ageBelowMs } from '../rsu/ages.ts';
import type { AgeCounts } from '../rsu/ages.ts';
import type { StatusDocument } from '../status.ts';
import type { Io } from './command.ts';
import { gateLines } from './gate.ts';
import { pageWidth, table, wrap } from './layout.ts';
import { countsText } from './replay.ts';
import { levelText, megabytes, msText, spanText } from './words.ts';

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

/** Whose it is, which version, since when. */
export function headLine(document: StatusDocument, io: Io): string {
  const { site, software, startedUtcMs, utcMs, pid } = document;
  return io.say(texts.status_head, {
    name: site.name[io.language],
    id: site.id,
    mode: site.mode,
    profile: site.profile,
    software,
    span: spanText(utcMs - startedUtcMs, io),
    parent: pid.parent,
    child: pid.child,
  });
}

/** One line a capability: its level, and what holds it back. */
function capabilityLines({ capabilities }: StatusDocument, io: Io): string[] {
  return table(
    capabilities.map(({ capability, level, because }) =>
      [capability, levelText(level, io), because.join(', ')],
    ),
  );
}

/** One line a kind of message: how many left, how often, how old the evidence was. */
export function messageLines({ messages }: StatusDocument, io: Io): string[] {
  const head = [
    texts.col_message,
    texts.col_sent,
    texts.col_rate,
    texts.col_age,
    texts.col_p99,
    texts.col_max,
  ];
  const rows = messages.map(({ type, sent, perS, ageMs }) => [
    type, String(sent), perS.toFixed(1), msText(ageMs?.p50), msText(ageMs?.p99), msText(ageMs?.max),
  ]);
  return table([head.map((text) => io.say(text)), ...rows], [1, 2, 3, 4, 5]);
}

/** One line a class of road user: how many RSM told of in the last seconds, and how many not. */
export function shareLines({ shares = [] }: StatusDocument, io: Io): string[] {
  if (shares.length === 0) return [];
  const head = [texts.col_class, texts.col_told, texts.col_held, texts.col_cut, texts.col_share];
  const rows = shares.map(({ cls, told, held, cut, share }) => {
    const word = (texts as Readonly<Record<string, Text>>)[`share_${cls}`];
    const percent = `${(100 * share).toFixed(0)} %`;
    return [word ? io.say(word) : cls, String(told), String(held), String(cut), percent];
  });
  return table([head.map((text) => io.say(text)), ...rows], [1, 2, 3, 4]);
}

const portState = (state: string, io: Io): string => {
  const key = `port_${state}`;
  return Object.hasOwn(webTexts, key) ? io.say(webTexts[key as keyof typeof webTexts]) : state;
};

/** One line a port of each loop. */
export function portLines({ loops }: StatusDocument, io: Io): string[] {
  const head = [
    texts.col_port,
    texts.col_state,
    texts.col_received,
    texts.col_sent,
    texts.col_last,
    texts.col_fault,
  ];
  // A loop tells of its ports once a second: the age is that at its own instant.
  const rows = loops.flatMap(({ ports, atMs }) =>
    ports.map(({ name, state, received, sent, lastMs, fault, told }) => [
      name, portState(state, io), String(received), String(sent), lastMs === null ? '–' : spanText(
        atMs - lastMs,
        io,
      ), told?.[io.language] ?? fault ?? '',
    ]),
  );
  return table([head.map((text) => io.say(text)), ...rows], [2, 3, 4]);
}

function checkLines({ checks, monoMs }: StatusDocument, io: Io): string[] {
  const bad = checks.filter(({ level }) => level !== 'ok');
  const all = io.say(
    texts.status_checks_ok,
    { ok: checks.length - bad.length, count: checks.length },
  );
  const rows = bad.map(({ name, level, reason, sinceMs, detail }) => [
    name,
    levelText(level, io),
    reason,
    sinceMs > 0 ? io.say(texts.since, { span: spanText(monoMs - sinceMs, io) }) : '',
    Object.entries(detail).map(([key, value]) => `${key}=${value}`).join(' '),
  ]);
  return [all, ...table(rows)];
}

/** `rsu_sent_SPAT` → `SPAT`. */
const plainNames = (sent: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(sent).map(([name, count]) => [name.replace(/^rsu_sent_/, ''), count]),
  );

/** Ages at send of one unit; empty where none was sent. */
function ageText(ages: AgeCounts, io: Io): string {
  const [p50, p99] = [ageBelowMs(ages, 0.5), ageBelowMs(ages, 0.99)];
  if (p50 === null || p99 === null) return '';
  const bound = (ms: number): string => (Number.isFinite(ms) ? String(ms) : '∞');
  return io.say(texts.status_unit_age, { p50: bound(p50), p99: bound(p99) });
}

function endLines({ rsus, clouds, store, city, monoMs }: StatusDocument, io: Io): string[] {
  const none = io.say(texts.none);
  const units = rsus.map(({ id, sent, lastSentMs, fault, ages }) => [
    id,
    fault ?? io.say(texts.level_ok),
    countsText(plainNames(sent), none),
    lastSentMs === null ? '–' : io.say(texts.ago, { span: spanText(monoMs - lastSentMs, io) }),
    ageText(ages ?? [], io),
  ]);
  const links = clouds.map(({ id, connected, fault, told, protocol }) => [
    id,
    connected ? io.say(texts.level_ok) : io.say(texts.level_failed),
    `MQTT ${protocol === 4 ? '3.1.1' : protocol}`,
    told?.[io.language] ?? fault ?? '',
  ]);
  return [
    ...table([...units, ...links]),
    io.say(
      texts.status_city,
      { waiting: store.rows, sent: Object.values(city).reduce((sum, count) => sum + count, 0) },
    ),
    ...(store.fault === null ? [] : [store.told?.[io.language] ?? store.fault]),
  ];
}

function roadLines({ tracks, events, lamps }: StatusDocument, io: Io): string[] {
  const classes: Record<string, number> = {};
  for (const { cls } of tracks) classes[cls] = (classes[cls] ?? 0) + 1;
  const none = io.say(texts.none);
  const open = events.filter(({ ended }) => ended === null);
  const kinds: Record<string, number> = {};
  for (const { kind } of open) kinds[kind] = (kinds[kind] ?? 0) + 1;
  const green = lamps.filter(({ colour }) => colour === 'green').map(({ signalGroup }) =>
    signalGroup,
  );
  return [
    io.say(texts.status_tracks, { count: tracks.length, classes: countsText(classes, none) }),
    io.say(texts.status_events, { events: countsText(kinds, none) }),
    io.say(texts.status_green, { groups: green.length === 0 ? none : green.join(', ') }),
  ];
}

/** One line a loop: lateness, turns passed over, memory. */
function loopLines({ loops }: StatusDocument, io: Io): string[] {
  const head = [texts.col_loop, texts.col_late, texts.col_max, texts.col_skipped, texts.col_memory];
  const rows = loops.map(({ loop, lateness, skippedTicks, rssBytes }) => [
    loop, msText(lateness.p99Ms), msText(lateness.maxMs), String(skippedTicks), megabytes(rssBytes),
  ]);
  return table([head.map((text) => io.say(text)), ...rows], [1, 2, 3, 4]);
}

const recordingLine = (
  { folder, octets }: NonNullable<StatusDocument['recording']>,
  io: Io,
): string => io.say(texts.status_recording, { folder, size: megabytes(octets) });

/** Lines of the page. */
export function statusPage(document: StatusDocument, io: Io): string[] {
  const { recording, web, drops, clockErrorMs, gate } = document;
  const shares = shareLines(document, io);
  const sections = [
    [texts.status_capabilities, capabilityLines(document, io)],
    [
      texts.status_gate,
      [
        ...gateLines(document, io),
        ...(gate.latches.length > 0 ? [io.say(texts.status_latched)] : []),
      ],
    ],
    [texts.status_messages, messageLines(document, io)],
    ...(shares.length > 0 ? [[texts.status_shares, shares] as const] : []),
    [texts.status_checks, checkLines(document, io)],
    [texts.status_ports, portLines(document, io)],
    [texts.status_ends, endLines(document, io)],
    [texts.status_road, roadLines(document, io)],
    [texts.status_loops, loopLines(document, io)],
  ] as const;
  return [
    headLine(document, io),
    clockErrorMs === null ? io.say(texts.status_clock_unknown) : io.say(
      texts.status_clock,
      { errorMs: clockErrorMs },
    ),
    ...sections.flatMap(([title, lines]) => ['', io.say(title), ...indented(lines)]),
    '',
    ...wrap(
      io.say(texts.replay_drops, { drops: countsText(drops, io.say(texts.none)) }),
      pageWidth(io),
    ),
    ...(recording ? [recordingLine(recording, io)] : []),
    ...(web ? [io.say(texts.status_web, { url: web.url })] : []),
  ];
}
