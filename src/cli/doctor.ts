import { cliTexts as texts } from '../base/texts/cli.ts';
import { command } from './command.ts';
import { daemonOptions } from './common.ts';
import { padTo, pageWidth, wrap } from './layout.ts';

export const doctor = command({
  name: 'doctor',
  summary: texts.doctor_summary,
  details: texts.doctor_details,
  arguments: [],
  options: daemonOptions,
  examples: ['doctor', 'doctor --site /etc/lukou/site --json'],
  async run(names, io) {
    const { examine } = await import('./doctorchecks.ts');
    const findings = await examine(names, io);
    const ok = findings.every(({ level }) => level !== 'fail');
    if (io.json) {
      io.out(JSON.stringify({ formatVersion: 1, ok, checks: findings }));
      return ok ? 0 : 1;
    }
    const marks = { ok: texts.doctor_ok, warn: texts.doctor_warn, fail: texts.doctor_fail };
    for (const { name, level, found, next } of findings) {
      io.out(`${padTo(io.say(marks[level]), 6)}${padTo(name, 10)}${found}`);
      if (next === '') continue;
      for (const line of wrap(next, pageWidth(io) - 16)) io.out(`${' '.repeat(16)}${line}`);
    }
    const count = (wanted: string): number =>
      findings.filter(({ level }) => level === wanted).length;
    io.out(io.say(texts.doctor_sum, { ok: count('ok'), warn: count('warn'), fail: count('fail') }));
    return ok ? 0 : 1;
  },
});
