import { spawn } from 'node:child_process';
import { SystemClock } from './base/clock.ts';

/** The service manager's watchdog: petted only while frames really leave. */
export interface Notifier {
  alive(): void;
}

/** Half of the unit's WatchdogSec, a little less. */
const PERIOD_MS = 900;

/**
 * Speaks to systemd through its own `systemd-notify` (Node has no UNIX datagram sockets). Does
 * nothing where no service manager listens.
 */
export function startNotifier(environment: NodeJS.ProcessEnv = process.env): Notifier {
  if (!environment['NOTIFY_SOCKET']) return { alive: () => undefined };
  const clock = new SystemClock();
  let lastMs = -Infinity;
  let ready = false;
  let broken = false;
  return {
    alive() {
      const nowMs = clock.nowMs();
      if (broken || nowMs - lastMs < PERIOD_MS) return;
      lastMs = nowMs;
      const words = ready ? ['WATCHDOG=1'] : ['--ready', 'WATCHDOG=1'];
      ready = true;
      const child = spawn('systemd-notify', words, { stdio: 'ignore' });
      child.on('error', () => {
        broken = true;
      });
      child.unref();
    },
  };
}
