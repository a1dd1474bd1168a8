/** The plain messages between the parent, the child and the child's threads. */
import type { GateOutput } from './gateoutputs.ts';
import type { ClockAnchor } from './base/clock.ts';
import type { Text } from './base/text.ts';
import type { MonotonicMs } from './base/time.ts';
import type { CommissionStatus } from './commission.ts';
import type { HealthCheck } from './model/health.ts';
import type { AirMessageType, MessageOffer } from './model/message.ts';
import type { PortMessage } from './model/port.ts';
import type { Site } from './model/site.ts';
import type { HandedOver, RsuStatus } from './rsu/links.ts';
import type { GateView, LoopName, PerceptionView, SignalsView, Tick } from './pipeline.ts';

/** One received message, as the recorder wants it. */
export interface TappedMessage {
  readonly port: string;
  readonly atMs: MonotonicMs;
  readonly message: PortMessage;
}

/** Everything that went into one loop since the last batch, in order. */
export interface TapBatch {
  readonly loop: LoopName;
  readonly entries: readonly (
    | ({ readonly kind: 'message' } & TappedMessage)
    | ({ readonly kind: 'tick' } & Tick)
    | { readonly kind: 'clock'; readonly anchor: ClockAnchor }
  )[];
  /** State of the loop before the first entry: at a recording's begin, and now and then. */
  readonly state?: { readonly atMs: MonotonicMs; readonly value: unknown };
}

/** The turn of a loop that a message was made in. */
export interface MessageOrigin {
  readonly dueMs: MonotonicMs;
  readonly beganMs: MonotonicMs;
  /** Arrival of the newest frame of each main sensor when the turn began. */
  readonly mainReceivedMs: Readonly<Record<string, number>>;
}

/** Where the time of one message went, ms. Measured on the way out; in no encoded octet. */
export interface SendTiming {
  /** When the message was handed to the links to the units. */
  readonly handedMs: MonotonicMs;
  /** How late the turn began. */
  readonly latenessMs: number;
  /** From the arrival of the newest evidence to the beginning of the turn; null without evidence. */
  readonly waitMs: number | null;
  /** From the beginning of the turn until the message was handed to the links. */
  readonly computeMs: number;
  /** Age then of the newest frame of each main sensor. */
  readonly mainAgeMs: Readonly<Record<string, number>>;
}

/** One message that left for the units. */
export interface SentRow {
  readonly atMs: MonotonicMs;
  readonly type: AirMessageType;
  readonly node: string;
  readonly bytes: Uint8Array;
  readonly ageMs: number | null;
  /** Null for a message that no turn made (the last words). */
  readonly timing: SendTiming | null;
}

/** Counters, ports and latencies of one loop, once a second. */
export interface LoopStatus {
  readonly loop: LoopName;
  readonly atMs: MonotonicMs;
  readonly counters: Readonly<Record<string, number>>;
  readonly ports: readonly PortView[];
  readonly checks: readonly HealthCheck[];
  readonly lateness: { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number };
  readonly rssBytes: number;
  readonly skippedTicks: number;
}

/** One port as people see it. */
export interface PortView {
  readonly name: string;
  readonly state: string;
  readonly received: number;
  readonly sent: number;
  readonly lastMs: number | null;
  /** English, for scripts; people read `told`. */
  readonly fault: string | null;
  readonly told?: Text | null;
}

/** What the gate tells people. */
export interface GateStatus {
  readonly nodes: readonly GateView[];
  readonly outputs: readonly GateOutput[];
  readonly latches: readonly string[];
  /** Refusals since the start; `refusals` holds the newest. */
  readonly refused: number;
  readonly refusals: readonly {
    readonly atMs: number;
    readonly type: string;
    readonly rule: string;
    readonly reason: string;
    readonly node: string;
    /** As the gate read it, in a line. */
    readonly meaning: Text;
    readonly hex: string;
  }[];
}

export type ParentToChild =
  /** The first words to a child: both processes run the very same settings. */
  | {
      readonly kind: 'site';
      readonly site: Site;
      /** Whether this is the first child of this run: it shares the parent's boot number. */
      readonly first: boolean;
    }
  | { readonly kind: 'signals'; readonly view: SignalsView }
  /** What passed the gate, for units that a thread of the child serves. */
  | { readonly kind: 'links'; readonly handed: HandedOver }
  | { readonly kind: 'sent'; readonly rows: readonly SentRow[] }
  | { readonly kind: 'tap'; readonly batch: TapBatch }
  | {
      readonly kind: 'status';
      readonly status: LoopStatus;
      readonly gate: GateStatus;
      readonly commission?: CommissionStatus;
      readonly rsus: readonly RsuStatus[];
      readonly checks: readonly HealthCheck[];
    }
  | { readonly kind: 'anchor'; readonly anchor: ClockAnchor }
  | { readonly kind: 'reply'; readonly id: number; readonly result: unknown; readonly fault?: string };

export type ChildToParent =
  | { readonly kind: 'offers'; readonly offers: readonly MessageOffer[]; readonly origin: MessageOrigin }
  /** Traffic speaks against the lamps (rule R24): told each second while it does, by node. */
  | { readonly kind: 'advice'; readonly advice: Readonly<Record<string, string>> }
  /** Hand over the state of both loops: a recording begins. */
  | { readonly kind: 'state' }
  | { readonly kind: 'request'; readonly id: number; readonly verb: 'release-latch'; readonly node: string; readonly who: string }
  /** Read the record of the commissioning anew. */
  | { readonly kind: 'request'; readonly id: number; readonly verb: 'load-commission' };

/** Between perception (the child's first thread) and `main`. */
export type ToMain =
  | { readonly kind: 'perception'; readonly view: PerceptionView }
  | Exclude<ParentToChild, { readonly kind: 'site' | 'links' }>
  /** How the units of the child's threads stand, once a second. */
  | { readonly kind: 'units'; readonly rsus: readonly RsuStatus[] }
  | { readonly kind: 'loop'; readonly status: LoopStatus };
/** What `main` asks of the parent; perception passes it on. */
export type FromMain = Exclude<ChildToParent, { readonly kind: 'offers' | 'advice' }>;

/** A message to `main` with what it weighs on its way (`mainlink.ts`). */
export interface MainPost {
  readonly message: ToMain;
  readonly tapOctets: number;
}
/** What `main` says back: that it has taken messages, or something to the parent. */
export type MainAnswer =
  | FromMain
  | { readonly kind: 'taken'; readonly messages: number; readonly tapOctets: number };

/** How the child is started. */
export interface ChildStart {
  readonly parentPid: number;
  readonly startedUtcMs: number;
  readonly dataFolder: string;
  readonly boot: number;
  readonly seed: number;
  readonly anchor: ClockAnchor;
  /** Folder to record into from the start; null for none. */
  readonly record: string | null;
  readonly logJson: boolean;
}
