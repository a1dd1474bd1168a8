import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Fault } from '../base/fault.ts';
import { factTexts } from '../base/texts/faults.ts';
import { commissionTexts as texts } from '../base/texts/commission.ts';
import type { AnswerView, CommissionView } from '../commissioner.ts';
import { groupPart } from '../commissionwalk.ts';
import { command } from './command.ts';
import type { Io } from './command.ts';
import { daemonOptions } from './common.ts';
import type { DaemonNames } from './daemon.ts';
import { wrap } from './layout.ts';

/** What both forms of the walk talk to. */
export interface Box {
  view(): Promise<CommissionView>;
  answer(args: Readonly<Record<string, unknown>>): Promise<AnswerView>;
}

/** A phone held upright shows forty letters a line. */
export const phoneWidth = ({ screen }: Io): number => Math.max(20, Math.min(60, screen.columns - 1));

/** What is open at the beginning is everything: a screen full of it helps nobody. */
const OPEN_SHOWN = 8;

const tell = (io: Io, text: string): void => {
  for (const line of wrap(text, phoneWidth(io))) io.out(line);
};

/** Pairs of a matrix from the controller's tool: two names a line, `#` begins a remark. */
export function readPairs(text: string): readonly (readonly [string, string])[] {
  return text.split('\n').flatMap((line): (readonly [string, string])[] => {
    const [a, b] = line.replace(/#.*$/, '').trim().split(/[\s,;]+/);
    return a && b ? [[a, b]] : [];
  });
}

function showOpen(io: Io, { open }: CommissionView): void {
  if (open.length === 0) return;
  tell(io, io.say(texts.open_head, { count: open.length }));
  for (const text of open.slice(0, OPEN_SHOWN)) tell(io, `  ${io.say(text)}`);
  const more = open.length - OPEN_SHOWN;
  if (more > 0) tell(io, io.say(texts.open_more, { more }));
}

function show(io: Io, view: CommissionView): void {
  const { status, record, part, walk } = view;
  tell(io, io.say(status.told));
  for (const { id, lampGroup, seen, refusals } of record?.groups ?? []) {
    const values = { id, lampGroup, seen: seen.length, refusals: refusals.length };
    tell(io, io.say(texts.show_group, values));
  }
  if (!part) return;
  const done = walk.groups.filter(({ id }) => groupPart(part, id).confirmed).length;
  tell(io, io.say(texts.show_half, { person: part.person, done, count: walk.groups.length }));
  showOpen(io, view);
}

/** The sentence for what came of an answer. */
export function outcomeText(io: Io, answer: AnswerView, lamp: string): string {
  const seen = (name: string): string => io.say(texts[`seen_${name}` as keyof typeof texts]);
  switch (answer.outcome) {
    case 'agrees': return io.say(texts.said_agrees, { lamp: seen(lamp) });
    case 'turned': return io.say(texts.said_turned, { lamp: seen(lamp) });
    case 'unknown': return io.say(texts.said_unknown, { lamp: seen(lamp) });
    case 'differs':
      return io.say(texts.said_differs, { lamp: seen(lamp), shown: seen(answer.shown) });
    case 'missed': return io.say(texts.said_missed, { lamp: seen(answer.shown) });
    case 'confirmed': return io.say(texts.said_confirmed, { id: answer.group ?? '' });
    default: return io.say(texts.said_right);
  }
}

type Line = Readonly<Record<string, unknown>>;

/** A line of `--answers` as the daemon wants it. */
function answerOf(line: Line): Record<string, unknown> {
  const { group, lamp, at, cabinet, arm, groups, ignored, matrix } = line;
  if (lamp !== undefined) {
    const atMs = typeof at === 'string' ? Date.parse(at) : at;
    return { kind: 'lamp', group, lamp, ...(atMs === undefined ? {} : { at: atMs }) };
  }
  if (cabinet !== undefined) return { kind: 'cabinet', group, number: String(cabinet) };
  if (arm !== undefined) return { kind: 'arm', arm, count: groups };
  if (ignored === 'agree') return { kind: 'ignored' };
  if (matrix === 'agree') return { kind: 'matrix' };
  return { kind: '' };
}

function parseLine(text: string): Line {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Line;
  } catch {
    // Said below, with the line.
  }
  throw new Fault('VALUE_OUT_OF_RANGE', {
    subject: '--answers', expected: texts.fault_answer, got: text.slice(0, 80),
    next: texts.fault_answer_next,
  });
}

/** Takes answers line by line; a refused one does not keep the others from being kept. */
async function fromLines(io: Io, box: Box, path: string): Promise<boolean> {
  const input = path === '-' ? io.stdin : createReadStream(path);
  let good = true;
  for await (const text of createInterface({ input })) {
    if (text.trim() === '') continue;
    const line = parseLine(text);
    const answer = await box.answer(answerOf(line));
    good &&= !['differs', 'missed', 'wrong'].includes(answer.outcome);
    if (io.json) io.out(JSON.stringify({ ...line, ...answer }));
    else tell(io, `${String(line['group'] ?? line['arm'] ?? '')} ${answer.outcome === 'wrong'
      ? answer.outcome : outcomeText(io, answer, String(line['lamp'] ?? ''))}`);
  }
  return good;
}

/** Begins, or goes on with what is half done. */
async function begin(
  box: Box, { person, resume, anew }: { person: string | null; resume: boolean; anew: boolean },
): Promise<void> {
  const { part } = await box.view();
  if (part && resume && !anew) return;
  if (person === null) {
    throw new Fault('REFUSED', {
      subject: 'commission', expected: texts.fault_person, got: factTexts.none,
      next: texts.fault_person_next,
    });
  }
  await box.answer({ kind: 'begin', person, anew });
}

interface Done {
  readonly record: { readonly person: string; readonly groups: readonly unknown[];
    readonly matrix: { readonly pairs: number } };
  readonly sha256: string;
}

/** Writes the record where nothing is open; else tells what is. */
async function finish(
  io: Io, box: Box, ask: (verb: string) => Promise<unknown>,
): Promise<number> {
  const view = await box.view();
  if (!view.part || view.open.length > 0) {
    if (io.json) io.out(JSON.stringify({ formatVersion: 1, done: false, open: view.open }));
    else {
      showOpen(io, view);
      tell(io, io.say(texts.ended));
    }
    return 1;
  }
  const { record, sha256 } = (await ask('commission-finish')) as Done;
  if (io.json) io.out(JSON.stringify({ formatVersion: 1, done: true, sha256, record }));
  else {
    tell(io, io.say(texts.finished, {
      person: record.person, groups: record.groups.length, pairs: record.matrix.pairs,
      hash: sha256.slice(0, 16),
    }));
  }
  return 0;
}

async function reportOnly(
  io: Io, box: Box, isRevoke: boolean, ask: (verb: string) => Promise<unknown>,
): Promise<number> {
  if (isRevoke) {
    const { revoked } = (await ask('commission-revoke')) as { revoked: boolean };
    if (io.json) io.out(JSON.stringify({ formatVersion: 1, revoked }));
    else tell(io, io.say(revoked ? texts.revoked : texts.revoked_none));
    return revoked ? 0 : 1;
  }
  const view = await box.view();
  const { status, record, part, open } = view;
  if (io.json) io.out(JSON.stringify({ formatVersion: 1, status, record, part, open }));
  else show(io, view);
  return status.state === 'commissioned' ? 0 : 1;
}

export const commission = command({
  name: 'commission',
  summary: texts.cli_summary,
  details: texts.cli_details,
  arguments: [],
  options: {
    person: { type: 'text', value: 'name', help: texts.cli_person },
    group: { type: 'text', value: 'id', help: texts.cli_group },
    resume: { type: 'boolean', help: texts.cli_resume },
    anew: { type: 'boolean', help: texts.cli_anew },
    answers: { type: 'text', value: 'file', help: texts.cli_answers },
    matrix: { type: 'text', value: 'file', help: texts.cli_matrix },
    show: { type: 'boolean', help: texts.cli_show },
    revoke: { type: 'boolean', help: texts.cli_revoke },
    ...daemonOptions,
  },
  examples: [
    'commission --person "Li Wei"', 'commission --resume', 'commission --show',
    'commission --resume --group left-east',
  ],
  async run({ person, group, resume, anew, answers, matrix, show: isShow, revoke, ...names }, io) {
    const { ask } = await import('./daemon.ts');
    const asks: DaemonNames = names;
    const changing = (verb: string, args = {}): Promise<unknown> => ask(asks, io, verb, args, true);
    const box: Box = {
      view: async () => (await ask(asks, io, 'commission')) as CommissionView,
      answer: async (args) => (await changing('commission-answer', args)) as AnswerView,
    };
    if (isShow || revoke) return reportOnly(io, box, revoke, changing);
    if (answers === null && !io.screen.isTerminal) {
      throw new Fault('REFUSED', {
        subject: 'commission', expected: texts.fault_terminal, got: factTexts.none,
        next: texts.fault_answer_next,
      });
    }
    await begin(box, { person, resume: resume || group !== null, anew });
    if (group !== null) await box.answer({ kind: 'restart', group });
    if (matrix !== null) {
      await box.answer({ kind: 'matrix', pairs: readPairs(readFileSync(matrix, 'utf8')) });
    }
    if (answers !== null) {
      const good = await fromLines(io, box, answers);
      return Math.max(await finish(io, box, changing), good ? 0 : 1);
    }
    const { walkAround } = await import('./commissionscreen.ts');
    const { dataFolder, socketOf } = await import('./daemon.ts');
    await walkAround(io, box, socketOf(await dataFolder(asks, io)), group);
    return finish(io, box, changing);
  },
});
