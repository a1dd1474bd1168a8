import type { Driver } from '../../drivers/driver.ts';
import { Fault } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';
import { command } from './command.ts';
import type { Io } from './command.ts';
import { pageWidth, table, wrap } from './layout.ts';
import { nearest } from './nearest.ts';

async function facts(driver: Driver, io: Io): Promise<Record<string, unknown>> {
  const { settingLines } = await import('../../config/print.ts');
  const { kind, role, title, transports, silentAfterMs, counters, options } = driver;
  return {
    kind,
    role,
    title: title[io.language],
    transports,
    silentAfterMs,
    options: settingLines(options, io.language),
    counters: Object.entries(counters).map(([name, text]) => ({ name, help: text[io.language] })),
  };
}

async function tellOne(driver: Driver, io: Io): Promise<void> {
  const { settingLines } = await import('../../config/print.ts');
  io.out(`${driver.kind}: ${driver.title[io.language]}`);
  const transports = driver.transports.join(', ');
  io.out(io.say(texts.drivers_facts, { transports, silentMs: driver.silentAfterMs }));
  const columns = pageWidth(io);
  io.out('');
  io.out(io.say(texts.drivers_options));
  let unverified = false;
  for (const line of settingLines(driver.options, io.language)) {
    const mark = line.unverified ? ' (?)' : '';
    unverified ||= line.unverified;
    const isRequired = line.byDefault === '';
    const byDefault = isRequired
      ? io.say(texts.help_required)
      : `${io.say(texts.help_default)} ${line.byDefault}`;
    for (const part of wrap(`${line.path}${mark}: ${line.takes}; ${byDefault}`, columns - 2)) {
      io.out(`  ${part}`);
    }
    if (line.help !== '') for (const part of wrap(line.help, columns - 6)) io.out(`      ${part}`);
  }
  if (unverified) io.out(io.say(texts.drivers_unverified));
  io.out('');
  io.out(io.say(texts.drivers_counters));
  const rows = Object.entries(driver.counters).map(([name, text]) => [name, text[io.language]]);
  for (const line of table(rows)) io.out(`  ${line}`);
}

export const drivers = command({
  name: 'drivers',
  summary: texts.drivers_summary,
  details: texts.drivers_details,
  arguments: [{ name: 'kind', optional: true, help: texts.drivers_kind }],
  options: {},
  examples: ['drivers', 'drivers radar-ars408', 'drivers --json'],
  async run({ kind }, io) {
    const { drivers: all, driverByKind } = await import('../../drivers/index.ts');
    if (kind === null) {
      if (io.json) {
        const told = await Promise.all(all.map((driver) => facts(driver, io)));
        io.out(JSON.stringify({ formatVersion: 1, drivers: told }));
        return 0;
      }
      const roles = { sensor: texts.drivers_sensor, signal: texts.drivers_signal };
      const rows = all.map(({ kind: name, role, transports, title }) => [
        name, io.say(roles[role]), transports.join(', '), title[io.language],
      ]);
      const columns = [texts.col_driver, texts.col_role, texts.col_ports, texts.col_device];
      const head = columns.map((text) => io.say(text));
      for (const line of table([head, ...rows])) io.out(line);
      return 0;
    }
    const driver = driverByKind(kind);
    if (!driver) {
      const kinds = all.map((row) => row.kind);
      const close = nearest(kind, kinds);
      throw new Fault(
        'VALUE_OUT_OF_RANGE',
        {
          subject: `drivers ${kind}`,
          expected: filledText(texts.drivers_expected, { kinds: kinds.join(', ') }),
          got: kind,
          next: close === null ? texts.drivers_next : filledText(texts.usage_meant, { close }),
        },
      );
    }
    if (io.json) io.out(JSON.stringify({ formatVersion: 1, ...(await facts(driver, io)) }));
    else await tellOne(driver, io);
    return 0;
  },
});
