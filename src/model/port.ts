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
