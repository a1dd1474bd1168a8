import { VirtualClock } from '../../src/base/clock.ts';
import { Counters } from '../../src/base/counters.ts';
import { silentLog } from '../../src/base/log.ts';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import { controllerId } from '../../src/model/ids.ts';
import type { Port, PortMessage, TransportKind } from '../../src/model/port.ts';
import type { ControllerReport } from '../../src/model/signal.ts';
import type { ControllerSettings } from '../../src/model/site.ts';

/** What a signal driver is given, with everything that it says kept for the test to look at. */
export function contextFor<T extends TransportKind>(transport: T, startMs = 0) {
  const start = monotonicMs(startMs);
  const clock = new VirtualClock(start, { monoMs: start, utcMs: utcMs(1.767e12), errorMs: 5 });
  const counts = new Counters();
  const published: ControllerReport[] = [];
  const facts: Record<string, unknown>[] = [];
  const sent: PortMessage<T>[] = [];
  const state = { twoSources: 0, open: true };
  let handler: (message: PortMessage<T>, receivedMs: MonotonicMs) => void = () => undefined;
  const port: Port<T> = {
    transport,
    onMessage: (given) => { handler = given as typeof handler; },
    send: (message) => {
      if (state.open) sent.push(message as PortMessage<T>);
      return state.open;
    },
  };
  const settings: ControllerSettings = {
    id: controllerId('c1'), driver: 'under-test', enabled: true, port: 'p', nodes: [], options: {},
  };
  const context = {
    port, clock, log: silentLog, controllerId: settings.id, settings,
    count: (name: string, by?: number) => counts.count(name, by),
    report: (told: Record<string, unknown>) => { facts.push(told); },
    publish: (report: ControllerReport) => { published.push(report); },
    twoSources: () => { state.twoSources++; },
  };
  return {
    context, clock, counts, published, facts, sent, state,
    deliver: (message: PortMessage<T>, receivedMs: MonotonicMs) => handler(message, receivedMs),
    twoSources: () => state.twoSources,
  };
}
