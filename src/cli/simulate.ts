import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { plusMs } from '../base/time.ts';
import type { MonotonicMs } from '../base/time.ts';
import { Fault } from '../base/fault.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';
import type { RuleBreakers } from '../simulate/breakers.ts';
import type { LampFault } from '../simulate/lamps.ts';
import type { SignalGroupId } from '../model/ids.ts';
import { UsageError, command } from './command.ts';
import { siteOption } from './common.ts';
import { readSite } from './sites.ts';

const breakExample = 'red-runners=10,40,wrong-way=20,stopped-vehicle=30+60';
const lampExample = 'silent:at=30,for=5;conflicting-green:group=N-left,at=20,for=3';

const refuse = (flag: string, expected: string, got: string): never => {
  throw new UsageError(texts.usage_form, { flag, expected, got });
};

const secondsOf = (flag: string, expected: string, text: string | undefined): number => {
  const seconds = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return seconds >= 0 ? seconds : refuse(flag, expected, text ?? '');
};

/** Reads `red-runners=10,40,wrong-way=20`: instants belong to the kind before them. */
export function parseBreakers(spec: string): RuleBreakers {
  const at: Record<string, number[]> = { 'red-runners': [], 'wrong-way': [], jaywalkers: [] };
  const stopped: { atS: number; forS: number }[] = [];
  let kind = '';
  const bad = (got: string): never => refuse('--break', breakExample, got);
  for (const part of spec.split(',')) {
    const [before = '', after] = part.trim().split('=');
    if (after !== undefined) kind = before;
    const value = after ?? before;
    const own = at[kind];
    if (own) own.push(secondsOf('--break', breakExample, value));
    else if (kind === 'stopped-vehicle') {
      const [from, length] = value.split('+');
      stopped.push({
        atS: secondsOf('--break', breakExample, from),
        forS: secondsOf('--break', breakExample, length ?? '60'),
      });
    } else bad(part);
  }
  return {
    redRunners: at['red-runners']!,
    wrongWay: at['wrong-way']!,
    jaywalkers: at['jaywalkers']!,
    stoppedVehicle: stopped,
  };
}

/** Reads `silent:at=30,for=5;…`; seconds from the start of the simulation. */
export function parseLampFaults(
  spec: string,
  startMs: MonotonicMs,
  groups: readonly string[],
): readonly LampFault[] {
  const bad = (got: string): never => refuse('--lamp-fault', lampExample, got);
  return spec.split(';').filter((part) => part.trim() !== '').map((part): LampFault => {
    const [kind = '', rest = ''] = part.trim().split(/:(.*)/s);
    const facts = new Map(
      rest.split(',').map((pair) => pair.split('=') as [string, string | undefined]),
    );
    if (!rest) return bad(part);
    const atS = secondsOf('--lamp-fault', lampExample, facts.get('at'));
    const forS = secondsOf('--lamp-fault', lampExample, facts.get('for'));
    const span = {
      fromMs: plusMs(startMs, atS * 1000),
      untilMs: plusMs(startMs, (atS + forS) * 1000),
    };
    if (kind === 'silent' || kind === 'frozen-countdown') return { kind, ...span };
    if (kind !== 'conflicting-green') return bad(kind);
    const group = facts.get('group') ?? '';
    if (!groups.includes(group)) refuse('--lamp-fault', `group= ${groups.join(', ')}`, group);
    return { kind, signalGroup: group as SignalGroupId, ...span };
  });
}

/** An empty place for a recording; what is there and no recording of ours is never removed. */
function emptyFolder(out: string, force: boolean): void {
  if (!existsSync(out) || readdirSync(out).length === 0) return;
  const isRecording = existsSync(join(out, 'manifest.json'));
  if (force && isRecording) return rmSync(out, { recursive: true });
  throw new Fault('REFUSED', {
    subject: out,
    expected: texts.fault_folder_expected,
    got: isRecording ? texts.fault_folder_recording : texts.fault_folder_full,
    next: isRecording ? texts.fault_folder_force : texts.fault_folder_next,
  });
}

export const simulate = command({
  name: 'simulate',
  summary: texts.simulate_summary,
  details: texts.simulate_details,
  arguments: [],
  options: {
    out: { type: 'text', value: 'folder', required: true, help: texts.simulate_out },
    site: { ...siteOption, default: 'demo' },
    seconds: { type: 'number', min: 1, max: 86_400, default: 60, help: texts.simulate_seconds },
    seed: {
      type: 'number',
      min: 0,
      max: 4294967295,
      whole: true,
      default: 7,
      help: texts.option_seed,
    },
    users: {
      type: 'number',
      min: 0,
      max: 400,
      whole: true,
      default: 40,
      help: texts.simulate_users,
    },
    break: { type: 'text', value: 'who=when', help: texts.simulate_break },
    lampFault: { type: 'text', value: 'faults', help: texts.simulate_lamp_fault },
    offsets: { type: 'boolean', help: texts.simulate_offsets },
    force: { type: 'boolean', help: texts.simulate_force },
  },
  examples: [
    'simulate --out /tmp/rush --seconds 60 --users 40',
    `simulate --site demo --seed 3 --break ${breakExample} --out /tmp/rogues`,
  ],
  async run(
    { out, site: named, seconds, seed, users, break: breakers, lampFault, offsets, force },
    io,
  ) {
    const rules = breakers === null ? null : parseBreakers(breakers);
    const site = await readSite(named);
    const { simulateRecording } = await import('../simulaterun.ts');
    const { VIRTUAL_START } = await import('../simulate/devices.ts');
    const groups = site.road.signalGroups.map(({ id }) => id as string);
    const lampFaults = lampFault === null ? null : parseLampFaults(
      lampFault,
      VIRTUAL_START.monoMs,
      groups,
    );
    emptyFolder(resolve(out), force);
    const beganMs = io.clock.nowMs();
    const report = await simulateRecording({
      site, seconds, seed, users, out,
      ...(rules ? { rules } : {}),
      ...(lampFaults ? { lampFaults } : {}),
      ...(offsets ? { offsets } : {}),
      progress: (done) => io.progress(io.say(texts.simulate_going, { done, seconds })),
    });
    io.progress(null);
    const wallS = ((io.clock.nowMs() - beganMs) / 1000).toFixed(1);
    const asked = { formatVersion: 1, site: site.id, seed, seconds, users, out };
    if (io.json) io.out(JSON.stringify({ ...asked, ...report }));
    else {
      io.out(
        io.say(
          texts.simulate_done,
          {
            out,
            seconds,
            wallS,
            messages: report.messages,
            spawned: report.spawned,
            left: report.left,
          },
        ),
      );
      io.out(io.say(texts.simulate_next, { out, site: named }));
    }
    return 0;
  },
});
