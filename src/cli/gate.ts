import { gateTexts } from '../base/texts/gate.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';
import type { StatusDocument } from '../status.ts';
import { command } from './command.ts';
import type { Io } from './command.ts';
import { daemonOptions } from './common.ts';
import { pageWidth, wrap } from './layout.ts';
import { levelText, spanText } from './words.ts';

/** `R6` → `R6 No conflicting right of way`, wherever a rule begins a reason. */
function withTitle(reason: string, io: Io): string {
  const id = /^(R\d+b?|SIZE)\b/.exec(reason)?.[1];
  const isKnown = id !== undefined && id in gateTexts;
  const title = isKnown ? gateTexts[id as keyof typeof gateTexts] : null;
  if (!title) return reason;
  const rest = reason.slice(id!.length).replace(/^[:\s]+/, '');
  return `${id} ${title[io.language]}${rest === '' ? '' : ` (${rest})`}`;
}

/** Lines that tell level, why and since when of every node. */
export function gateLines({ gate, monoMs, commission, site }: StatusDocument, io: Io): string[] {
  // What a person has to do comes with the level that hangs on it.
  const told = commission && site.mode === 'live' ? [io.say(commission.told)] : [];
  const nodes = gate.nodes.flatMap(({ node, level, reasons, sinceMs }) => {
    const since = io.say(texts.since, { span: spanText(monoMs - sinceMs, io) });
    const why = reasons.map((reason) => `    ${withTitle(reason, io)}`);
    return [`${node}  ${levelText(level, io)}  ${since}`, ...why];
  });
  return [...nodes, ...told];
}

const gradeTexts = [
  texts.gate_grade_0, texts.gate_grade_1, texts.gate_grade_2, texts.gate_grade_3,
  texts.gate_grade_4,
] as const;

/** Lines that tell grade, rule and since when of every output, then what each unit sent. */
export function outputLines({ gate, rsus, monoMs }: StatusDocument, io: Io): string[] {
  const outputs = gate.outputs.map(({ node, type, grade, rule, sinceMs, lastMs }) => {
    const since = io.say(texts.since, { span: spanText(monoMs - sinceMs, io) });
    const span = spanText(monoMs - (lastMs ?? 0), io);
    const last = lastMs === null
      ? io.say(texts.gate_output_never)
      : io.say(texts.gate_output_last, { span });
    const why = rule === null ? '' : `  ${withTitle(rule, io)}`;
    return `  ${type} ${node}  L${grade} ${io.say(gradeTexts[grade])}  ${since}  ${last}${why}`;
  });
  const units = rsus.map(({ id, sent }) => {
    const counts = Object.entries(sent)
      .filter(([name]) => name.startsWith('rsu_sent_'))
      .map(([name, count]) => `${name.slice('rsu_sent_'.length)} ${count}`)
      .join(', ');
    return `  ${io.say(texts.gate_unit, { id, sent: counts === '' ? '0' : counts })}`;
  });
  return outputs.length === 0 ? [] : [io.say(texts.gate_outputs), ...outputs, ...units];
}

function tell(document: StatusDocument, io: Io, whole: boolean): void {
  const { gate, monoMs } = document;
  for (const line of gateLines(document, io)) io.out(line);
  for (const latch of gate.latches) {
    io.out(
      io.say(texts.gate_latched, { latch: latch.replace(/R\d+b?/, (id) => withTitle(id, io)) }),
    );
    io.out(io.say(texts.gate_latched_next, { node: latch.split(' ')[0] ?? '' }));
  }
  io.out('');
  for (const line of outputLines(document, io)) io.out(line);
  io.out('');
  if (gate.refusals.length === 0) io.out(io.say(texts.gate_no_refusals));
  else io.out(io.say(texts.gate_refusals, { count: gate.refusals.length }));
  const columns = pageWidth(io);
  for (const { atMs, type, node, rule, reason, meaning, hex } of gate.refusals) {
    const ago = io.say(texts.ago, { span: spanText(monoMs - atMs, io) });
    io.out(`  ${ago}  ${type} ${node}  ${withTitle(rule, io)}`);
    for (const text of [reason, io.say(meaning)]) {
      for (const part of wrap(text, columns - 6)) io.out(`      ${part}`);
    }
    if (!whole) continue;
    for (let at = 0; at < hex.length; at += columns - 6) {
      io.out(`      ${hex.slice(at, at + columns - 6)}`);
    }
  }
}

export const gate = command({
  name: 'gate',
  summary: texts.gate_summary,
  details: texts.gate_details,
  arguments: [],
  options: { bytes: { type: 'boolean', help: texts.gate_bytes }, ...daemonOptions },
  examples: ['gate', 'gate --bytes', 'gate --site demo --json'],
  async run({ bytes, ...names }, io) {
    const { askStatus } = await import('./daemon.ts');
    const document = await askStatus(names, io);
    if (io.json) io.out(JSON.stringify({ formatVersion: 1, ...document.gate }));
    else tell(document, io, bytes === true);
    return document.gate.nodes.every(({ level }) => level === 'valid') ? 0 : 1;
  },
});

export const gateRelease = command({
  name: 'gate release',
  summary: texts.gate_release_summary,
  details: texts.gate_release_details,
  arguments: [{ name: 'node', help: texts.gate_node }],
  options: {
    who: { type: 'text', value: 'name', required: true, help: texts.gate_who },
    ...daemonOptions,
  },
  examples: ['gate release 0-10 --who "Li Wei"'],
  async run({ node, who, ...names }, io) {
    const { ask } = await import('./daemon.ts');
    const { released } = (await ask(names, io, 'release-latch', { node, who }, true)) as {
      released: boolean;
    };
    if (io.json) io.out(JSON.stringify({ formatVersion: 1, node, released }));
    else io.out(io.say(released ? texts.gate_released : texts.gate_not_latched, { node }));
    return released ? 0 : 1;
  },
});
