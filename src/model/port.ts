import type { Clock } from '../base/clock.ts';
import type { Fault } from '../base/fault.ts';
import type { Log } from '../base/log.ts';
import type { PortDrop } from '../base/texts/runtime.ts';
import type { MonotonicMs } from '../base/time.ts';

/** One CAN frame. */
export interface CanFrame {
  readonly id: number;
  readonly extended: boolean;
  readonly remote: boolean;
  readonly fd: boolean;
  readonly data: Uint8Array;
}
/** One datagram; `from` is `address:port`. */
export interface Datagram {
  readonly data: Uint8Array;
  readonly from: string;
}
/** Some bytes of a stream; a new `epoch` says that the connection was made anew. */
export interface StreamChunk {
  readonly data: Uint8Array;
  readonly epoch: number;
}
/** One MQTT message. */
export interface MqttMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** What each transport carries. */
export interface TransportMessages {
  readonly can: CanFrame;
  readonly udp: Datagram;
  readonly tcp: StreamChunk;
  readonly serial: StreamChunk;
  readonly mqtt: MqttMessage;
  readonly file: StreamChunk;
}
export type TransportKind = keyof TransportMessages;
export type PortMessage<T extends TransportKind = TransportKind> = TransportMessages[T];

/** An open port as a driver sees it; who opens, watches and reopens it is not the driver's care. */
export interface Port<T extends TransportKind = TransportKind> {
  readonly transport: T;
  /** At most one handler; messages before it is set are counted and dropped. */
  onMessage(handler: (message: TransportMessages[T], receivedMs: MonotonicMs) => void): void;
  /** Sends when open; returns false (and counts) when not. */
  send(message: TransportMessages[T]): boolean;
}

/** What a transport is given when a port is opened. */
export interface PortDeps {
  /** The port's name in the site, for faults and log lines. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Counts a drop under a name of `src/base/texts/runtime.ts`. */
  count(name: PortDrop, by?: number): void;
  /** Numbers the connections of a port over all its openings; a counter of its own by default. */
  nextEpoch?(): number;
  readonly limits?: Partial<PortLimits>;
}

/** Bounds of one port; each has a default in `src/transport/limits.ts`. */
export interface PortLimits {
  /** Largest datagram or MQTT payload, octets. */
  readonly messageOctetsMax: number;
  /** Datagrams a second from one source. */
  readonly sourcePerS: number;
  /** Kernel receive buffer, octets. */
  readonly receiveBufferOctets: number;
  /** Octets that may wait to be sent before sends are refused. */
  readonly sendOctetsMax: number;
}

/** A port as a transport hands it to the supervisor. */
export interface OpenPort<T extends TransportKind = TransportKind> extends Port<T> {
  /** Resolves when open; rejects with a Fault, after which the port is closed. */
  readonly opened: Promise<void>;
  /** Called once when an open port is lost, never after `close`. */
  onLost(handler: (fault: Fault) => void): void;
  close(): Promise<void>;
  /** Where it listens, or its own end of a connection; null where that has no meaning. */
  address(): { readonly host: string; readonly port: number } | null;
}
