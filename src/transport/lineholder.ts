/**
 * A process that holds one serial line and passes its bytes both ways. The package for serial ports
 * is native: a crash in it would take whoever loads it. It ends with its line, and with its owner.
 */
import { SystemClock } from '../base/clock.ts';
import { textOf } from '../base/fault.ts';
import { silentLog } from '../base/log.ts';
import type { Text } from '../base/text.ts';
import type { PortDeps } from '../model/port.ts';
import { openLine } from './serial.ts';
import type { SerialLine } from './serial.ts';
import { HOLDER_LINE } from './serialapart.ts';

/** What the holder says to its owner; `dropped` is the name of a counter. */
export type FromHolder =
  | { readonly kind: 'opened' }
  | { readonly kind: 'data'; readonly data: Uint8Array }
  | { readonly kind: 'dropped'; readonly name: Parameters<PortDeps['count']>[0] }
  | { readonly kind: 'failed'; readonly reason: string | Text };

/** Octets that are written to the line. */
export interface ToHolder {
  readonly data: Uint8Array;
}

function hold(line: SerialLine): void {
  const tell = (message: FromHolder, then: () => void = () => undefined): void => {
    if (process.connected) process.send?.(message, undefined, undefined, then);
  };
  const deps: PortDeps = {
    name: line.path,
    clock: new SystemClock(),
    log: silentLog, // the owner's port tells
    count: (name) => tell({ kind: 'dropped', name }),
  };
  const handle = openLine(line, deps, {
    opened: () => tell({ kind: 'opened' }),
    data: (data) => tell({ kind: 'data', data }),
    failed: (cause) => tell({ kind: 'failed', reason: textOf(cause) }, () => process.exit(1)),
  });
  process.on('message', ({ data }: ToHolder) => void handle.write(data));
  process.on('disconnect', () => process.exit(0));
  // Signals to the whole group: the owner decides.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
}

const line = process.env[HOLDER_LINE];
if (line && process.send) hold(JSON.parse(line) as SerialLine);
