import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { TextError } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import { portFaultTexts as texts } from '../base/texts/ports.ts';
import type { OpenPort, PortDeps } from '../model/port.ts';
import type { PortSettings } from '../model/site.ts';
import type { FromHolder, ToHolder } from './lineholder.ts';
import { BasePort, epochCounter } from './open-port.ts';
import { serialAdvice } from './serial.ts';

/** Writes that may be on their way to the holder; a controller is asked some ten times a second. */
const WAITING_MAX = 64;
/** The variable that tells the holder its line, as JSON. */
export const HOLDER_LINE = 'LUKOU_SERIAL_LINE';

/**
 * Opens a serial port in a process of its own (`lineholder.ts`), for an owner that must not load a
 * native package. When that process ends, for whatever reason, the port is lost; opening it again,
 * with back-off, is the supervisor's as for any port.
 */
export function openSerialApart(
  settings: Extract<PortSettings, { transport: 'serial' }>,
  deps: PortDeps,
): OpenPort<'serial'> {
  const port = new BasePort('serial', deps);
  const epoch = epochCounter(deps)();
  const { transport: _, ...line } = settings;
  const fail = (cause: unknown): void => port.failed(cause, serialAdvice(settings.path));
  const holder = fork(fileURLToPath(new URL('./lineholder.js', import.meta.url)), [], {
    serialization: 'advanced',
    execArgv: ['--max-semi-space-size=1'],
    env: { ...process.env, [HOLDER_LINE]: JSON.stringify(line) },
  });
  holder.on('message', (message) => {
    const told = message as FromHolder;
    if (told.kind === 'opened') port.ready();
    else if (told.kind === 'data') port.deliver({ data: told.data, epoch });
    else if (told.kind === 'dropped') deps.count(told.name);
    else fail(typeof told.reason === 'string' ? new Error(told.reason) : new TextError(told.reason));
  });
  holder.on('error', fail);
  holder.on('exit', (code, signal) => {
    const reason = signal ?? `exit status ${code}`;
    fail(new TextError(filledText(texts.holder_ended, { reason })));
  });
  carry(port, holder, deps);
  return port;
}

function carry(port: BasePort<'serial'>, holder: ChildProcess, deps: PortDeps): void {
  let waiting = 0;
  port.carry({
    send({ data }) {
      if (!holder.connected || waiting >= WAITING_MAX) {
        deps.count(holder.connected ? 'send_overflow' : 'send_closed');
        return false;
      }
      waiting++;
      holder.send({ data } satisfies ToHolder, (cause) => {
        waiting--;
        if (cause) deps.count('send_failed');
      });
      return true;
    },
    close: () =>
      new Promise((resolve) => {
        if (holder.exitCode !== null || holder.signalCode !== null) return resolve();
        holder.once('exit', () => resolve());
        holder.kill('SIGKILL'); // the kernel closes the line; a request of the package might hang
      }),
  });
}
