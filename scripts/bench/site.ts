/** A copy of a sample site on ports that are free on this machine. */
import { createSocket } from 'node:dgram';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Where a sample site lies. Runs from `dist/scripts/bench`, as all of us do after the build. */
export const sampleSite = (name: string): string => join(root, 'config', 'sites', name);

const portKeys = new Set(['port', 'listenPort', 'remotePort']);
const portOfUrl = /^([a-z]+:\/\/[^/:]+:)(\d+)(.*)$/;

/** Rewrites every port number in a settings file; each old one gets one new one. */
export function mapPorts(value: Json, ports: (old: number) => number): Json {
  if (Array.isArray(value)) return value.map((one) => mapPorts(one, ports));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (portKeys.has(key) && typeof inner === 'number' && inner > 0) return [key, ports(inner)];
      if (key === 'url' && typeof inner === 'string') {
        return [key, inner.replace(portOfUrl, (_, head: string, port: string, tail: string) =>
          `${head}${ports(Number(port))}${tail}`)];
      }
      return [key, mapPorts(inner, ports)];
    }),
  );
}

const udpFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)));
  });
const tcpFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** Below what the kernel hands out by itself. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

/** So many neighbouring ports that nobody listens on. Errors: where the machine has none. */
async function freePorts(count: number): Promise<number> {
  const begin = FIRST_PORT + ((process.pid * 97) % (LAST_PORT - FIRST_PORT - 1000));
  for (let base = begin; base + count < LAST_PORT; base += count) {
    let free = true;
    for (let port = base; free && port < base + count; port++) {
      free = (await udpFree(port)) && (await tcpFree(port));
    }
    if (free) return base;
  }
  throw new Error(`no ${count} free ports between ${begin} and ${LAST_PORT}`);
}

/**
 * Writes a sample site in mode `bench` into a folder, its ports moved to free ones and its data
 * kept below the folder.
 */
export async function writeBenchSite(options: {
  readonly sample: string;
  readonly folder: string;
  readonly phaseLock: boolean;
}): Promise<string> {
  const from = sampleSite(options.sample);
  const folder = join(options.folder, 'site');
  mkdirSync(folder, { recursive: true });
  const seen = new Map<number, number>();
  const text = readFileSync(join(from, 'site.json'), 'utf8');
  const settings = JSON.parse(text) as Record<string, Json>;
  mapPorts(settings, (old) => {
    seen.set(old, seen.size);
    return old;
  });
  const base = await freePorts(seen.size);
  const order = [...seen.keys()];
  const moved = mapPorts(settings, (old) => base + order.indexOf(old)) as Record<string, Json>;
  const loop = { ...(moved['loop'] as Record<string, Json>), phaseLock: options.phaseLock };
  const site = { ...moved, mode: 'bench', dataFolder: join(options.folder, 'data'), loop };
  writeFileSync(join(folder, 'site.json'), JSON.stringify(site, null, 2));
  copyFileSync(join(from, 'road.json'), join(folder, 'road.json'));
  return folder;
}
