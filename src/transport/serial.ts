import type { SerialPort } from 'serialport';
import { TextError } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import type { Text } from '../base/text.ts';
import { portFaultTexts as texts } from '../base/texts/ports.ts';
import type { OpenPort, PortDeps } from '../model/port.ts';
import type { PortSettings } from '../model/site.ts';
import { limitOf } from './limits.ts';
import { BasePort, epochCounter } from './open-port.ts';

/** How a serial line is set. */
export type SerialLine = Omit<Extract<PortSettings, { transport: 'serial' }>, 'transport'>;

/** An open line, for ports that speak over one. */
export interface SerialHandle {
  /** False when it was not sent; the reason is counted. */
  write(data: Uint8Array): boolean;
  close(): Promise<void>;
}

/** What a line tells. `failed` comes once at most. */
export interface SerialEvents {
  opened(): void;
  data(data: Uint8Array): void;
  failed(cause: unknown): void;
}

/**
 * Opens a serial line. The package is native and is loaded only here, so that a process without a
 * serial port never maps it.
 */
export function openLine(line: SerialLine, deps: PortDeps, events: SerialEvents): SerialHandle {
  let serial: SerialPort | null = null;
  let closed = false;
  let failed = false;
  const fail = (cause: unknown): void => {
    if (closed || failed) return;
    failed = true;
    events.failed(cause);
  };
  const start = async (): Promise<void> => {
    const module = await import('serialport');
    if (closed) return;
    const opening = new module.SerialPort({ ...line, autoOpen: false, lock: true });
    serial = opening;
    opening.on('data', (data: Uint8Array) => {
      if (!closed) events.data(data);
    });
    opening.on('error', fail);
    opening.on('close', (cause: unknown) => fail(cause ?? new TextError(texts.device_gone)));
    opening.open((cause) => {
      if (cause) fail(cause);
      else if (closed) void endLine(opening);
      else events.opened();
    });
  };
  start().catch(fail);
  return {
    write(data) {
      if (!serial?.isOpen) {
        deps.count('send_closed');
        return false;
      }
      if (serial.writableLength + data.length > limitOf(deps, 'sendOctetsMax')) {
        deps.count('send_overflow');
        return false;
      }
      serial.write(data, undefined, (cause) => {
        if (cause) deps.count('send_failed');
      });
      return true;
    },
    close() {
      closed = true;
      return serial ? endLine(serial) : Promise.resolve();
    },
  };
}

function endLine(serial: SerialPort): Promise<void> {
  return new Promise((resolve) => {
    if (!serial.isOpen) return resolve();
    serial.close(() => resolve());
  });
}

/** What to do when a line does not open. */
export const serialAdvice = (path: string): Text => filledText(texts.check_serial, { path });

/** Opens a serial port as a stream; each opening is a new epoch. */
export function openSerial(
  settings: Extract<PortSettings, { transport: 'serial' }>,
  deps: PortDeps,
): OpenPort<'serial'> {
  const port = new BasePort('serial', deps);
  const epoch = epochCounter(deps)();
  const { transport: _, ...line } = settings;
  const handle = openLine(line, deps, {
    opened: () => port.ready(),
    data: (data) => port.deliver({ data, epoch }),
    failed: (cause) => port.failed(cause, serialAdvice(settings.path)),
  });
  port.carry({ send: ({ data }) => handle.write(data), close: () => handle.close() });
  return port;
}
