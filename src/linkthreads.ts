/** The threads of the slow units (link-N), as the child keeps them. */
import type { Clock, ClockAnchor } from './base/clock.ts';
import { Counters } from './base/counters.ts';
import type { Log } from './base/log.ts';
import type { RsuSettings, Site } from './model/site.ts';
import { linkKinds } from './rsu/kinds.ts';
import type { HandedOver, RsuStatus } from './rsu/links.ts';
import { startThread } from './runtime/threads.ts';
import type { ChildHandle, ChildOptions } from './runtime/threads.ts';

/** What such a thread is started with. */
export interface LinkStart {
  readonly settings: RsuSettings;
  readonly spreadMs: number;
  readonly assumedErrorMs: number;
  readonly anchor: ClockAnchor;
  readonly logLevel: Site['log']['level'];
  readonly logJson: boolean;
}

export type ToLink =
  | { readonly kind: 'message'; readonly handed: Omit<HandedOver, 'rsuIds'> }
  | { readonly kind: 'anchor'; readonly anchor: ClockAnchor };

export type FromLink =
  /** It has taken so many messages: there is room again. */
  | { readonly kind: 'taken'; readonly messages: number }
  | { readonly kind: 'status'; readonly status: RsuStatus };

/** The variable that tells the thread its start, as JSON. */
export const LINK_START = 'LUKOU_LINK';
/** Messages that a thread may have before it; beyond, it stands still. */
const WAITING_MAX = 64;
const SILENT_MS = 5000;
const LIMITS = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 } as const;

type Thread = ChildHandle<FromLink, ToLink>;
/** How a thread is started: an argument, for tests. */
export type StartLink = (start: LinkStart, options: ChildOptions) => Thread;

const startLink: StartLink = (start, options) =>
  startThread<FromLink, ToLink>(new URL('./linkthread.js', import.meta.url), [], {
    ...options, env: { [LINK_START]: JSON.stringify(start) },
  });

/** One unit's thread, bounded: what it is too slow to take is dropped by name. */
class LinkThread {
  readonly #id: string;
  readonly #thread: Thread;
  readonly #drops = new Counters();
  #waiting = 0;
  #status: RsuStatus | null = null;

  constructor(start: LinkStart, clock: Clock, log: Log, open: StartLink) {
    const { id } = start.settings;
    this.#id = id;
    const thread = open(start, {
      name: `link-${id}`, clock, log, silentAfterMs: SILENT_MS, resourceLimits: LIMITS,
    });
    this.#thread = thread;
    thread.onState(({ state }) => {
      if (state === 'starting') this.#waiting = 0;
      if (state === 'waiting') this.#keepCounts();
    });
    thread.onMessage((message) => {
      if (message.kind === 'taken') this.#waiting -= message.messages;
      else this.#status = message.status;
    });
  }

  /** What a thread that ended had counted is not lost; its successor begins at none. */
  #keepCounts(): void {
    for (const [name, count] of Object.entries(this.#status?.sent ?? {})) {
      this.#drops.count(name, count);
    }
    this.#status = null;
  }

  send(handed: Omit<HandedOver, 'rsuIds'>): void {
    const { type } = handed.message;
    if (this.#waiting >= WAITING_MAX) return this.#drops.count(`rsu_queue_full_${type}`);
    if (this.#thread.send({ kind: 'message', handed })) this.#waiting++;
    else this.#drops.count(`rsu_absent_${type}`);
  }

  tell(anchor: ClockAnchor): void {
    this.#thread.send({ kind: 'anchor', anchor });
  }

  status(): RsuStatus {
    const { state, lastEnd } = this.#thread.status();
    const sent = new Counters();
    for (const counts of [this.#status?.sent ?? {}, this.#drops.toJSON()]) {
      for (const [name, count] of Object.entries(counts)) sent.count(name, count);
    }
    const fault = state === 'running' ? null : (lastEnd ?? state);
    return {
      ...(this.#status ?? { lastSentMs: null }),
      id: this.#id,
      sent: sent.toJSON(),
      fault: fault ?? (this.#status ? this.#status.fault : 'starting'),
    };
  }

  stop(): Promise<void> {
    return this.#thread.stop();
  }
}

/** All slow units of a site; none costs nothing. */
export class LinkThreads {
  readonly #threads = new Map<string, LinkThread>();

  constructor(
    site: Site, more: { readonly anchor: ClockAnchor; readonly logJson: boolean }, clock: Clock,
    log: Log, open: StartLink = startLink,
  ) {
    for (const settings of site.rsus) {
      if (linkKinds[settings.link].place !== 'thread') continue;
      const start: LinkStart = {
        settings,
        spreadMs: site.air.spreadMs,
        assumedErrorMs: site.timeSource.assumedErrorMs,
        logLevel: site.log.level,
        ...more,
      };
      this.#threads.set(settings.id, new LinkThread(start, clock, log, open));
    }
  }

  send({ rsuIds, ...handed }: HandedOver): void {
    for (const id of rsuIds) this.#threads.get(id)?.send(handed);
  }

  anchor(anchor: ClockAnchor): void {
    for (const thread of this.#threads.values()) thread.tell(anchor);
  }

  status(): readonly RsuStatus[] {
    return [...this.#threads.values()].map((thread) => thread.status());
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#threads.values()].map((thread) => thread.stop()));
  }
}
