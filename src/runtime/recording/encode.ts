import { serialize } from 'node:v8';
import { toHex } from '../../base/bytes.ts';
import type { ClockAnchor } from '../../base/clock.ts';
import type { RecordingDrop } from '../../base/texts/runtime.ts';
import type {
  CanFrame, Datagram, MqttMessage, PortMessage, StreamChunk,
} from '../../model/port.ts';
import { BytesOut } from './bytes-out.ts';
import { pcapHeader, putUdp, TcpScribe } from './packet-out.ts';
import { FILES, ticksFile, toMicros, utcOffsetMicros } from './types.ts';
import type { RecordedPort, RecordedTick, RecordingManifest, SentLine } from './types.ts';

/** `seconds.microseconds`, six digits. */
function secondsText(utcMicros: number): string {
  const seconds = Math.floor(utcMicros / 1e6);
  return `${seconds}.${String(utcMicros - seconds * 1e6).padStart(6, '0')}`;
}

/** A frame as candump -L writes it. */
function canText(frame: CanFrame): string {
  const id = frame.id.toString(16).toUpperCase().padStart(frame.extended ? 8 : 3, '0');
  if (frame.remote) return `${id}#R${frame.data.length > 0 ? frame.data.length.toString(16) : ''}`;
  return `${id}#${frame.fd ? '#0' : ''}${toHex(frame.data).toUpperCase()}`;
}

/** Text where the octets are valid UTF-8, else base64: a payload comes back as it was. */
function payloadFields(payload: Uint8Array): string {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes)
    ? `"payload":${JSON.stringify(text)}`
    : `"base64":"${bytes.toString('base64')}"`;
}

const sourceForm = /^(?:\[([^\]]+)\]|([\d.]+)):(\d{1,5})$/;

/** Turns one port's messages into the octets of its file. */
class PortEncoder {
  readonly out = new BytesOut();
  readonly #port: RecordedPort;
  readonly #offset: number;
  readonly #count: (name: RecordingDrop) => void;
  readonly #tcp: TcpScribe;
  #lastFrom = '';
  #lastSource = { host: '0.0.0.0', port: 0 };

  constructor(port: RecordedPort, offset: number, count: (name: RecordingDrop) => void) {
    this.#port = port;
    this.#offset = offset;
    this.#count = count;
    this.#tcp = new TcpScribe(port.local);
  }

  /** What the file begins with. */
  header(): Buffer {
    const pcap = this.#port.transport === 'udp' || this.#port.transport === 'tcp';
    return pcap ? pcapHeader() : Buffer.alloc(0);
  }

  restart(): void {
    this.#tcp.restart();
  }

  put(message: PortMessage, receivedMs: number): void {
    const utcMicros = toMicros(receivedMs) + this.#offset;
    const { transport } = this.#port;
    if (transport === 'can') {
      const line = canText(message as CanFrame);
      this.out.ascii(`(${secondsText(utcMicros)}) ${this.#port.name} ${line}\n`);
    } else if (transport === 'udp') {
      const { data, from } = message as Datagram;
      putUdp(this.out, utcMicros, this.#source(from), this.#port.local, data);
    } else if (transport === 'tcp') {
      const { data, epoch } = message as StreamChunk;
      this.#tcp.put(this.out, utcMicros, epoch, data);
    } else if (transport === 'mqtt') {
      const { topic, payload } = message as MqttMessage;
      const t = secondsText(utcMicros);
      this.out.text(`{"t":${t},"topic":${JSON.stringify(topic)},${payloadFields(payload)}}\n`);
    } else {
      const { data, epoch } = message as StreamChunk;
      this.out.ascii(`{"t":${secondsText(utcMicros)},"hex":"${toHex(data)}","epoch":${epoch}}\n`);
    }
  }

  #source(from: string): { host: string; port: number } {
    if (from === this.#lastFrom) return this.#lastSource;
    const found = sourceForm.exec(from);
    if (!found) this.#count('recording_source_unknown');
    this.#lastFrom = from;
    this.#lastSource = found
      ? { host: (found[1] ?? found[2])!, port: Number(found[3]) }
      : { host: '0.0.0.0', port: 0 };
    return this.#lastSource;
  }
}

/**
 * Turns everything that is recorded into the octets of the files, in memory. Shared by the writer
 * and the black box; it touches no disk.
 */
export class RecordingEncoder {
  readonly #ports = new Map<string, { readonly file: string; readonly encoder: PortEncoder }>();
  readonly #others = new Map<string, BytesOut>();
  readonly #count: (name: RecordingDrop) => void;

  constructor(manifest: RecordingManifest, count: (name: RecordingDrop) => void) {
    const offset = utcOffsetMicros(manifest);
    this.#count = count;
    for (const port of manifest.ports) {
      const encoder = new PortEncoder(port, offset, count);
      this.#ports.set(port.name, { file: port.file, encoder });
    }
    for (const file of [FILES.clock, FILES.handover, FILES.sent]) {
      this.#others.set(file, new BytesOut(4096));
    }
  }

  /** Each file of a port with what it begins with. */
  headers(): (readonly [file: string, bytes: Buffer])[] {
    return [...this.#ports.values()].map(({ file, encoder }) => [file, encoder.header()] as const);
  }

  message(port: string, message: PortMessage, receivedMs: number): void {
    const entry = this.#ports.get(port);
    if (entry) entry.encoder.put(message, receivedMs);
    else this.#count('recording_port_unknown');
  }

  tick(loop: string, { tick, dueMs, beganMs }: RecordedTick): void {
    const file = ticksFile(loop);
    let out = this.#others.get(file);
    if (!out) this.#others.set(file, (out = new BytesOut(4096)));
    out.ascii(`{"tick":${tick},"dueMs":${dueMs},"beganMs":${beganMs}}\n`);
  }

  clock(anchor: ClockAnchor, atMs: number): void {
    const { monoMs, utcMs, errorMs } = anchor;
    const line = { atMs, monoMs, utcMs, errorMs: Number.isFinite(errorMs) ? errorMs : null };
    this.#others.get(FILES.clock)!.text(`${JSON.stringify(line)}\n`);
  }

  sent({ t, type, hex, node }: SentLine): void {
    this.#others.get(FILES.sent)!.text(`${JSON.stringify({ t, type, hex, node })}\n`);
  }

  handover(to: string, value: unknown, atMs: number): void {
    const line = { atMs, to, v8: serialize(value).toString('base64') };
    this.#others.get(FILES.handover)!.ascii(`${JSON.stringify(line)}\n`);
  }

  /** Octets that wait to be taken. */
  get waiting(): number {
    let octets = 0;
    for (const { encoder } of this.#ports.values()) octets += encoder.out.length;
    for (const out of this.#others.values()) octets += out.length;
    return octets;
  }

  /** Takes out what waits, by file. */
  take(): (readonly [file: string, bytes: Buffer])[] {
    const taken: (readonly [string, Buffer])[] = [];
    for (const { file, encoder } of this.#ports.values()) {
      if (encoder.out.length > 0) taken.push([file, encoder.out.take()]);
    }
    for (const [file, out] of this.#others) if (out.length > 0) taken.push([file, out.take()]);
    return taken;
  }

  /** What follows must be readable without what went before. */
  restart(): void {
    for (const { encoder } of this.#ports.values()) encoder.restart();
  }
}
