/**
 * What `lukou doctor` looks at. Each check is a row; none changes anything, and one that breaks
 * does not keep the others from running.
 */
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { accessSync, constants, existsSync, readFileSync, readdirSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { messageOf } from '../base/fault.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';
import type { Text, TextValues } from '../base/text.ts';
import type { PortSettings, Site } from '../model/site.ts';
import type { Io } from './command.ts';
import { dataFolder, socketOf } from './daemon.ts';
import type { DaemonNames } from './daemon.ts';
import { siteFolder } from './sites.ts';

export type FindingLevel = 'ok' | 'warn' | 'fail';

/** What was found, and what to do where it is not well. */
export interface Finding {
  readonly name: string;
  readonly level: FindingLevel;
  readonly found: string;
  readonly next: string;
}

/** What all checks may look at. */
interface Subject {
  readonly io: Io;
  readonly names: DaemonNames;
  /** Null where none was named, or where it does not load. */
  readonly site: Site | null;
  /** Where the daemon keeps its data, as far as that is known. */
  readonly data: string;
  readonly isRunning: boolean;
}

interface Verdict {
  readonly level: FindingLevel;
  readonly found: Text;
  readonly next?: Text;
  readonly values?: TextValues;
}

type Check = (subject: Subject) => Verdict | Promise<Verdict>;

const MEGABYTE = 1 << 20;
/** Both processes together use up to 200 MB; half a gigabyte leaves room for the system. */
const MEMORY_WARN_MB = 512;
const MEMORY_FAIL_MB = 256;
/** A recording of ten minutes takes up to 500 MB. */
const DISK_WARN_MB = 1024;
const DISK_FAIL_MB = 100;
/** Bursts of LiDAR and radar fragments need about this much. */
const RECEIVE_BUFFER_OCTETS = 4 * MEGABYTE;
const CLOCK_WARN_MS = 50;
const PROGRAM_MS = 3000;

const readText = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // absent or closed to us: the check says which
  }
};

const program = (name: string, args: readonly string[]): Promise<string | null> =>
  new Promise((done) => {
    const options = { timeout: PROGRAM_MS, env: { ...process.env, LC_ALL: 'C' } };
    execFile(name, [...args], options, (error, stdout) => done(error ? null : stdout));
  });

const nodeCheck: Check = () => {
  const version = process.versions.node;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const values = { version };
  if (major < 20 || (major === 20 && minor < 19)) {
    return { level: 'fail', found: texts.doctor_node, next: texts.doctor_node_old, values };
  }
  // Node 20 left maintenance in April 2026; odd versions live half a year.
  if (major < 22 || major % 2 === 1) {
    return { level: 'warn', found: texts.doctor_node, next: texts.doctor_node_next, values };
  }
  return { level: 'ok', found: texts.doctor_node, values };
};

const memoryCheck: Check = () => {
  const kilobytes = /MemAvailable:\s+(\d+)/.exec(readText('/proc/meminfo') ?? '')?.[1];
  if (kilobytes === undefined) {
    return { level: 'warn', found: texts.doctor_unknown, next: texts.doctor_linux };
  }
  const megabytes = Math.round(Number(kilobytes) / 1024);
  const level = megabytes < MEMORY_FAIL_MB ? 'fail' : megabytes < MEMORY_WARN_MB ? 'warn' : 'ok';
  return {
    level,
    found: texts.doctor_memory,
    next: texts.doctor_memory_next,
    values: { megabytes, wanted: MEMORY_WARN_MB },
  };
};

const diskCheck: Check = ({ data }) => {
  let folder = data;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const megabytes = Math.floor((bavail * bsize) / MEGABYTE);
  const values = { megabytes, folder };
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    return {
      level: 'fail',
      found: texts.doctor_disk_closed,
      next: texts.doctor_disk_closed_next,
      values,
    };
  }
  const level = megabytes < DISK_FAIL_MB ? 'fail' : megabytes < DISK_WARN_MB ? 'warn' : 'ok';
  return { level, found: texts.doctor_disk, next: texts.doctor_disk_next, values };
};

const clockCheck: Check = async () => {
  const tracking = await program('chronyc', ['-n', 'tracking']);
  if (tracking !== null) {
    const offsetS = Number(/System time\s*:\s*([\d.]+)/.exec(tracking)?.[1] ?? Number.NaN);
    const offsetMs = Math.abs(offsetS) * 1000;
    const leap = /Leap status\s*:\s*(.+)/.exec(tracking)?.[1]?.trim() ?? '?';
    const values = { offsetMs: offsetMs.toFixed(3), leap };
    const isGood = leap !== 'Not synchronised' && offsetMs < CLOCK_WARN_MS;
    return {
      level: isGood ? 'ok' : 'warn',
      found: texts.doctor_clock,
      next: texts.doctor_clock_next,
      values,
    };
  }
  const synchronised = await program('timedatectl', ['show', '-p', 'NTPSynchronized', '--value']);
  if (synchronised?.trim() === 'yes') return { level: 'ok', found: texts.doctor_clock_ntp };
  return { level: 'warn', found: texts.doctor_clock_unknown, next: texts.doctor_clock_next };
};

const bufferCheck: Check = () => {
  const octets = Number(readText('/proc/sys/net/core/rmem_max') ?? Number.NaN);
  if (!Number.isFinite(octets)) {
    return { level: 'warn', found: texts.doctor_unknown, next: texts.doctor_linux };
  }
  const values = { octets, wanted: RECEIVE_BUFFER_OCTETS };
  const level = octets < RECEIVE_BUFFER_OCTETS ? 'warn' : 'ok';
  return { level, found: texts.doctor_buffer, next: texts.doctor_buffer_next, values };
};

const portsOf = (site: Site | null): readonly PortSettings[] => Object.values(site?.ports ?? {});

/** ARPHRD_CAN in the kernel's if_arp.h. */
const CAN_TYPE = '280';

const canCheck: Check = ({ site }) => {
  const folder = '/sys/class/net';
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const buses = names.filter((name) => readText(join(folder, name, 'type'))?.trim() === CAN_TYPE);
  const down = buses.filter((name) => readText(join(folder, name, 'operstate'))?.trim() === 'down');
  const wanted = portsOf(site).flatMap((port) =>
    port.transport === 'can' && port.bus === 'socketcan' ? [port.interface] : [],
  );
  const missing = wanted.filter((name) => !buses.includes(name));
  const values = { buses: buses.join(', '), missing: missing.join(', '), down: down.join(', ') };
  if (missing.length > 0) {
    return {
      level: 'fail',
      found: texts.doctor_can_missing,
      next: texts.doctor_can_missing_next,
      values,
    };
  }
  if (down.length > 0) {
    return {
      level: 'warn',
      found: texts.doctor_can_down,
      next: texts.doctor_can_down_next,
      values,
    };
  }
  return {
    level: 'ok',
    found: buses.length > 0 ? texts.doctor_can : texts.doctor_can_none,
    values,
  };
};

const serialCheck: Check = ({ site }) => {
  const paths = portsOf(site).flatMap((port) =>
    ('path' in port && port.transport !== 'file' ? [port.path] : []),
  );
  for (const path of paths) {
    if (!existsSync(path)) {
      return {
        level: 'fail',
        found: texts.doctor_serial_missing,
        next: texts.doctor_serial_missing_next,
        values: { path },
      };
    }
    try {
      accessSync(path, constants.R_OK | constants.W_OK);
    } catch {
      return {
        level: 'fail',
        found: texts.doctor_serial_closed,
        next: texts.doctor_serial_next,
        values: { path },
      };
    }
  }
  if (paths.length > 0) {
    return { level: 'ok', found: texts.doctor_serial, values: { paths: paths.join(', ') } };
  }
  const dialout = /^dialout:[^:]*:(\d+):/m.exec(readText('/etc/group') ?? '')?.[1];
  const groups = process.getgroups?.() ?? [];
  const isMember = process.getuid?.() === 0 || groups.includes(Number(dialout ?? -1));
  return isMember
    ? { level: 'ok', found: texts.doctor_serial_member }
    : { level: 'warn', found: texts.doctor_serial_stranger, next: texts.doctor_serial_next };
};

const siteCheck: Check = async ({ names, io }) => {
  if (names.site === null) return { level: 'ok', found: texts.doctor_site_none };
  const { checkSite } = await import('../site.ts');
  const problems = checkSite(siteFolder(names.site));
  const errors = problems.filter(({ severity }) => severity === 'error');
  const values = { count: errors.length, notes: problems.length - errors.length, site: names.site };
  if (errors.length > 0) {
    const first = `${errors[0]!.path}: ${errors[0]!.text[io.language]}`;
    return {
      level: 'fail',
      found: texts.doctor_site_bad,
      next: texts.doctor_site_next,
      values: { ...values, first },
    };
  }
  return { level: 'ok', found: texts.doctor_site, values };
};

const daemonCheck: Check = async ({ data, isRunning }) => {
  const values = { data };
  if (!isRunning) {
    return {
      level: 'warn',
      found: texts.doctor_daemon_none,
      next: texts.doctor_daemon_next,
      values,
    };
  }
  const { askDaemon } = await import('../control.ts');
  const { pid, software } = (await askDaemon(socketOf(data), { verb: 'status', args: {} })) as {
    pid: { parent: number };
    software: string;
  };
  return {
    level: 'ok',
    found: texts.doctor_daemon,
    values: { ...values, pid: pid.parent, software },
  };
};

/** Who confirmed the lamps, as the file in the data folder says. */
const commissionCheck: Check = async ({ site, data }) => {
  if (!site) return { level: 'ok', found: texts.doctor_site_none };
  const { readCommission } = await import('../commission.ts');
  const { state, told } = readCommission(data, site);
  const isWell = state === 'commissioned' || site.mode !== 'live';
  return { level: isWell ? 'ok' : 'fail', found: told, next: texts.doctor_commission_next };
};

/** Whether an address can be bound now; null when yes. */
const bindFault = (transport: 'udp' | 'tcp', host: string, port: number): Promise<string | null> =>
  new Promise((done) => {
    const failed = (error: unknown): void => done(
      (error as NodeJS.ErrnoException).code ?? messageOf(error),
    );
    if (transport === 'udp') {
      const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
      socket.once('error', failed);
      socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => done(null)));
      return;
    }
    const server = createServer();
    server.once('error', failed);
    server.listen({ port, host, exclusive: true }, () => server.close(() => done(null)));
  });

const portsCheck: Check = async ({ site, isRunning }) => {
  if (!site) return { level: 'ok', found: texts.doctor_ports_none };
  if (isRunning) return { level: 'ok', found: texts.doctor_ports_running };
  const wanted: [transport: 'udp' | 'tcp', host: string, port: number][] = [
    ['tcp', site.web.host, site.web.port],
  ];
  for (const port of portsOf(site)) {
    if (port.transport === 'udp' && port.listenPort > 0) {
      wanted.push(['udp', port.listenHost, port.listenPort]);
    }
    if (port.transport === 'tcp' && port.role === 'server') {
      wanted.push(['tcp', port.host, port.port]);
    }
  }
  const taken: string[] = [];
  for (const [transport, host, port] of wanted) {
    const fault = await bindFault(transport, host, port);
    if (fault !== null) taken.push(`${transport} ${host}:${port} (${fault})`);
  }
  const values = { count: wanted.length, taken: taken.join(', ') };
  return taken.length > 0
    ? { level: 'fail', found: texts.doctor_ports_taken, next: texts.doctor_ports_next, values }
    : { level: 'ok', found: texts.doctor_ports, values };
};

const opensslCheck: Check = async () => {
  const { getHashes } = await import('node:crypto');
  const version = process.versions.openssl;
  const hasChinese = getHashes().includes('sm3');
  return hasChinese
    ? { level: 'ok', found: texts.doctor_openssl, values: { version } }
    : {
      level: 'warn',
      found: texts.doctor_openssl_poor,
      next: texts.doctor_openssl_next,
      values: { version },
    };
};

/** Every check in the order of the page. */
const doctorChecks: Readonly<Record<string, Check>> = {
  node: nodeCheck,
  memory: memoryCheck,
  disk: diskCheck,
  clock: clockCheck,
  buffers: bufferCheck,
  can: canCheck,
  serial: serialCheck,
  site: siteCheck,
  lamps: commissionCheck,
  daemon: daemonCheck,
  ports: portsCheck,
  openssl: opensslCheck,
};

async function subjectOf(names: DaemonNames, io: Io): Promise<Subject> {
  const { checkSite, loadSite } = await import('../site.ts');
  const { isListening } = await import('../control.ts');
  const folder = names.site === null ? null : siteFolder(names.site);
  const problems = folder === null ? [] : checkSite(folder);
  const isSound = problems.every(({ severity }) => severity !== 'error');
  const site = folder !== null && isSound ? loadSite(folder) : null;
  let data = resolve(names.data ?? site?.dataFolder ?? '.lukou');
  if (names.data === null && site === null) {
    try {
      data = await dataFolder({ site: null, data: null }, io);
    } catch {
      // No daemon anywhere: the check of the daemon says so.
    }
  }
  return { io, names, site, data, isRunning: await isListening(socketOf(data)) };
}

/** Runs every check. A check that breaks is a warning of its own. */
export async function examine(names: DaemonNames, io: Io): Promise<readonly Finding[]> {
  const subject = await subjectOf(names, io);
  const findings: Finding[] = [];
  for (const [name, check] of Object.entries(doctorChecks)) {
    let verdict: Verdict;
    try {
      verdict = await check(subject);
    } catch (thrown) {
      const values = { message: messageOf(thrown) };
      verdict = { level: 'warn', found: texts.doctor_broke, next: texts.doctor_linux, values };
    }
    const { level, found, next, values = {} } = verdict;
    const advice = level === 'ok' || !next ? '' : io.say(next, values);
    findings.push({ name, level, found: io.say(found, values), next: advice });
  }
  return findings;
}
