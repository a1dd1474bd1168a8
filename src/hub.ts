import { Counters } from './base/counters.ts';
import type { Clock } from './base/clock.ts';
import { messageOf, toldOf } from './base/fault.ts';
import type { Log } from './base/log.ts';
import { seededRandom } from './base/random.ts';
import type { Site } from './model/site.ts';
import type { PortHub } from './pipeline.ts';
import type { PortView, TapBatch } from './processes.ts';
import type { Pseudonym } from './model/selfreport.ts';
import { createDayPseudonym } from './pseudonym.ts';
import { createRedactor } from './redact.ts';
import type { Stamper } from './runtime/stamper.ts';
import { PortSupervisor } from './runtime/supervisor.ts';
import { openTransport, openTransportApart } from './transport/index.ts';

/** The supervised ports of one live loop. */
export interface LiveHub extends PortHub {
  status(): readonly PortView[];
  /** Drops of all ports, `port.name.drop`. */
  counters(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** Ten times what the most talkative controller says: its port is read by the loop that sends SPAT. */
const CONTROLLER_PER_S = 500;

/** Opens ports on demand; what they hear is stamped in order and told to `tap`. */
export function createLiveHub(options: {
  readonly site: Site;
  readonly clock: Clock;
  readonly log: Log;
  readonly stamper: Stamper;
  /** Of the loop that these ports are for; one of its own by default. */
  readonly pseudonym?: Pseudonym;
  /** What needs a native package gets a process of its own. */
  readonly apart?: boolean;
  tap(entry: TapBatch['entries'][number]): void;
}): LiveHub {
  const { site, clock, log, stamper, tap } = options;
  const pseudonym = options.pseudonym ?? createDayPseudonym(() => clock.utcAt().utcMs);
  const redact = createRedactor(site, pseudonym);
  const failures = new Counters();
  const supervisor = new PortSupervisor({
    clock,
    log,
    stamper,
    random: seededRandom(`${process.pid}/${clock.nowMs()}`), // spreads reconnects only
    open: options.apart ? openTransportApart : openTransport,
    ports: site.ports,
    limits: Object.fromEntries(site.controllers.map(({ port }) => [port, { sourcePerS: CONTROLLER_PER_S }])),
    tap: {
      received: (port, message, atMs) =>
        tap({ kind: 'message', port, message: redact(port, message), atMs }),
      sent: () => undefined,
    },
    failed: (port, thrown) => {
      failures.count(`port.${port}.driver_failed`);
      log.error('driver_failed', { port, reason: messageOf(thrown) });
    },
  });
  return {
    port: (name) => supervisor.port(name),
    status: () =>
      supervisor.status().map((port) => ({
        told: port.state === 'open' ? null : toldOf(port.fault),
        name: port.name,
        state: port.state,
        received: port.received,
        sent: port.sent,
        lastMs: port.lastReceivedMs,
        fault: port.state === 'open' ? null : (port.fault?.message ?? null),
      })),
    counters: () => {
      const all: Record<string, number> = failures.toJSON();
      for (const port of supervisor.status()) {
        for (const [name, count] of Object.entries(port.drops)) all[`port.${port.name}.${name}`] = count;
      }
      return all;
    },
    close: () => supervisor.close(),
  };
}
