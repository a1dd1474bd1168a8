import { expect } from 'vitest';
import { SystemClock } from '../../src/base/clock.ts';
import { Counters } from '../../src/base/counters.ts';
import { silentLog } from '../../src/base/log.ts';
import type { OpenPort, PortDeps, PortMessage } from '../../src/model/port.ts';

/** What a port is given in tests, with its counters at hand. */
export function portKit(changes: Partial<PortDeps> = {}): PortDeps & { readonly drops: Counters } {
  const drops = new Counters();
  return {
    name: 'port-under-test',
    clock: new SystemClock(),
    log: silentLog,
    count: (name, by) => drops.count(name, by),
    drops,
    ...changes,
  };
}

/** Waits until something holds; the runner's own time limit ends a wait in vain. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Everything that a port hears from now on. */
export function heard<T extends PortMessage>(port: OpenPort): T[] {
  const messages: T[] = [];
  port.onMessage((message) => messages.push(message as T));
  return messages;
}

/** The fault with which a port refuses to open. */
export async function refusal(port: OpenPort): Promise<{ code: string; message: string }> {
  const thrown: unknown = await port.opened.then(
    () => null,
    (fault: unknown) => fault,
  );
  expect(thrown).toMatchObject({ name: 'Fault' });
  await port.close();
  return thrown as { code: string; message: string };
}
