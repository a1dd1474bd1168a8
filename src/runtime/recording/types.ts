import type { ClockAnchor } from '../../base/clock.ts';
import type { MonotonicMs } from '../../base/time.ts';
import type { PortMessage, TransportKind } from '../../model/port.ts';
import type { PortSettings } from '../../model/site.ts';

/** Which packets of a foreign capture belong to a port; what is absent is not asked for. */
export interface PacketMatch {
  readonly sourceHost?: string;
  readonly sourcePort?: number;
  readonly destinationHost?: string;
  readonly destinationPort?: number;
  /** The CAN interface of a candump log that holds several. */
  readonly interface?: string;
}

/** One port of a recording. */
export interface RecordedPort {
  readonly name: string;
  readonly transport: TransportKind;
  /** File name inside the folder. */
  readonly file: string;
  /** The loop that the messages go to. */
  readonly loop: string;
  /** Set by our writer: the file carries our conventions (epochs, chunk ends) exactly. */
  readonly own?: boolean;
  readonly match?: PacketMatch;
  /** Our end of the connection, written into the headers of packets. */
  readonly local?: { readonly host: string; readonly port: number };
}

/** The rate and the phase of a loop, for replays without recorded ticks. */
export interface RecordedLoop {
  readonly periodMs: number;
  readonly phaseMs: number;
}

/** `manifest.json`. */
export interface RecordingManifest {
  readonly formatVersion: 1;
  readonly site: { readonly id: string; readonly hash: string };
  readonly software: string;
  readonly seed: number;
  readonly boot?: number;
  readonly loops: Readonly<Record<string, RecordedLoop>>;
  /** Ties the UTC stamps of the files to the monotonic clock. `errorMs` null: nothing known. */
  readonly started: {
    readonly monoMs: number;
    readonly utcMs: number;
    readonly errorMs: number | null;
  };
  readonly ports: readonly RecordedPort[];
}

/** What a loop sent, in the form of `rsu.jsonl` too. */
export interface SentLine {
  /** UTC seconds. */
  readonly t: number;
  readonly type: string;
  readonly hex: string;
  readonly node: string;
}

/** One turn of a loop as it was. */
export interface RecordedTick {
  readonly tick: number;
  readonly dueMs: number;
  readonly beganMs: number;
}

/** The state of one loop at an instant; what the loop saw up to then is not replayed for it. */
export interface RecordedState {
  readonly loop: string;
  readonly atMs: number;
  readonly value: unknown;
}

interface EventBase {
  readonly atMs: MonotonicMs;
}
export interface MessageEvent extends EventBase {
  readonly kind: 'message';
  readonly port: string;
  readonly loop: string;
  readonly transport: TransportKind;
  readonly message: PortMessage;
}
export interface TickEvent extends EventBase {
  readonly kind: 'tick';
  readonly loop: string;
  readonly tick: number;
  readonly dueMs: MonotonicMs;
}
export interface ClockEvent extends EventBase {
  readonly kind: 'clock';
  readonly anchor: ClockAnchor;
}
/** A message from one loop to another, handed over at `atMs`. */
export interface HandoverEvent extends EventBase {
  readonly kind: 'handover';
  readonly to: string;
  readonly value: unknown;
}
export type RecordedEvent = MessageEvent | TickEvent | ClockEvent | HandoverEvent;

/** Names of the files beside the ports' own. */
export const FILES = {
  manifest: 'manifest.json',
  clock: 'clock.jsonl',
  handover: 'handover.jsonl',
  sent: 'sent.jsonl',
} as const;
/** Each loop has its own file, because loops of two processes are not written in one order. */
export const ticksFile = (loop: string): string => `ticks-${loop}.jsonl`;
export const stateFile = (loop: string): string => `state-${loop}.bin`;

/** Whole microseconds of milliseconds: stamps are compared and stored in these. */
export const toMicros = (ms: number): number => Math.round(ms * 1000);

/** Microseconds to add to a monotonic stamp for the UTC stamp of the files. */
export function utcOffsetMicros(manifest: RecordingManifest): number {
  return toMicros(manifest.started.utcMs) - toMicros(manifest.started.monoMs);
}

/** The manifest's row for a port of the site, to be read by `loop`. */
export function recordedPort(name: string, settings: PortSettings, loop: string): RecordedPort {
  const { transport } = settings;
  const row = { name, transport, file: fileNameOf(name, transport), loop };
  if (settings.transport === 'udp') {
    return { ...row, local: { host: settings.listenHost, port: settings.listenPort } };
  }
  if (settings.transport === 'tcp' && settings.role === 'server') {
    return { ...row, local: { host: settings.host, port: settings.port } };
  }
  return row;
}

/** The file of a port by its transport. */
export function fileNameOf(name: string, transport: TransportKind): string {
  const packets = transport === 'udp' || transport === 'tcp';
  const ending = transport === 'can' ? 'log' : packets ? 'pcap' : 'jsonl';
  return `${name.replace(/[^A-Za-z0-9._-]/g, '_')}.${ending}`;
}
