import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes } from 'aedes';

/** A broker on loopback that a test started. */
export interface TestBroker {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** A free port of loopback. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** The embedded broker (MQTT 3.1.1 only). */
export async function startAedes(port = 0): Promise<TestBroker> {
  const aedes = await Aedes.createBroker();
  const server: Server = createServer({ noDelay: true }, aedes.handle);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `mqtt://127.0.0.1:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        aedes.close(() => server.close(() => resolve()));
      }),
  };
}

const mosquittoPath = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto'].find((path) => existsSync(path));
/** Why mosquitto tests are skipped, or null. */
export const noMosquitto: string | null =
  mosquittoPath && spawnSync(mosquittoPath, ['-h']).error === undefined
    ? null
    : 'Debian package mosquitto is not installed';

/** Debian's mosquitto (MQTT 5 and 3.1.1). */
export async function startMosquitto(port?: number): Promise<TestBroker> {
  const folder = mkdtempSync(join(tmpdir(), 'lukou-mosquitto-'));
  const bound = port ?? (await freePort());
  const config = join(folder, 'mosquitto.conf');
  writeFileSync(config, `listener ${bound} 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n`);
  const child: ChildProcess = spawn(mosquittoPath!, ['-c', config], { stdio: 'ignore' });
  const url = `mqtt://127.0.0.1:${bound}`;
  return {
    url,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        child.once('exit', () => {
          rmSync(folder, { recursive: true, force: true });
          resolve();
        });
        child.kill('SIGTERM');
      }),
  };
}
