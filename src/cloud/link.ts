import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import mqtt from 'mqtt';
import type { IClientOptions, MqttClient } from 'mqtt';
import type { Clock } from '../base/clock.ts';
import { Counters } from '../base/counters.ts';
import { messageOf, textOf } from '../base/fault.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Text } from '../base/text.ts';
import { plusMs } from '../base/time.ts';
import type { CloudSettings } from '../model/site.ts';
import type { CityMessage } from '../model/stages.ts';
import type { encodeCity } from './protobuf.ts';

/** A record that waits for its cloud, as the outbox gives it. */
export interface WaitingRecord {
  readonly id: number;
  readonly topic: string;
  readonly payload: string;
}

/** What the link needs of the outbox. */
export interface RecordSource {
  take(cloud: string, afterId: number, limit: number): Promise<readonly WaitingRecord[]>;
  done(ids: readonly number[]): Promise<boolean>;
}

export interface CloudLinkOptions {
  readonly cloud: CloudSettings;
  readonly box: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  readonly records: RecordSource;
  /** Environment that holds the password. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What people see of a link. */
export interface CloudStatus {
  readonly id: string;
  readonly connected: boolean;
  readonly protocol: 5 | 4;
  readonly fault: string | null;
  /** The same in both languages where we have the words. */
  readonly told?: Text | null;
  readonly sinceMs: number;
  readonly counters: Readonly<Record<string, number>>;
}

/** What was thrown, in both languages where we have the words. */
const bothOf = (thrown: unknown): Text | null => {
  const text = textOf(thrown);
  return typeof text === 'string' ? null : text;
};

const INFLIGHT_MAX = 16;
const LIVE_MAX = 256;
const WAIT_MIN_MS = 500;
const WAIT_MAX_MS = 30_000;
const POLL_MS = 200;
/** A record that got no PUBACK in this time is sent again after the next connect. */
const CONNECT_MS = 5000;

/**
 * One MQTT connection to a cloud. Live messages go at QoS 0, the newest of each stream, and are
 * dropped while the link is down; records go oldest first at QoS 1 and leave the outbox on PUBACK.
 */
export class CloudLink {
  readonly counters = new Counters();
  readonly #options: CloudLinkOptions;
  #client: MqttClient | null = null;
  #connected = false;
  #protocol: 5 | 4 = 5;
  #fallsBack = false;
  #fault: string | null = null;
  #because: Text | null = null;
  #sinceMs: number;
  #waitMs = WAIT_MIN_MS;
  #cancel: () => void = () => undefined;
  #cancelPoll: () => void = () => undefined;
  #closed = false;
  #live = new Map<string, CityMessage>();
  #inflight = new Set<number>();
  #doneIds: number[] = [];
  #pumping = false;
  /** Topics whose encoding failed, each told once. */
  readonly #told = new Set<string>();
  #encode: typeof encodeCity | null = null;

  constructor(options: CloudLinkOptions) {
    this.#options = options;
    this.#sinceMs = options.clock.nowMs();
    if (options.cloud.encoding === 'json') this.#begin();
    else {
      // Loaded where a cloud asks for it, before there is anybody to send to.
      void import('./protobuf.ts').then((protobuf) => {
        this.#encode = protobuf.encodeCity;
        if (!this.#closed) this.#begin();
      });
    }
  }

  #begin(): void {
    this.#connect();
    this.#poll();
  }

  #settings(): IClientOptions {
    const { cloud, box, environment } = this.#options;
    const password = cloud.passwordEnv === null ? undefined : environment[cloud.passwordEnv];
    return {
      protocolVersion: this.#protocol,
      clientId: `lukou-${box}-${cloud.id}`.slice(0, 60),
      clean: true, // the cursor is ours: what has no PUBACK is sent again
      reconnectPeriod: 0,
      writeCache: false, // 65 536 numbers as buffers, made at the first packet: 6 MB for nothing
      connectTimeout: CONNECT_MS,
      keepalive: 30,
      ...(cloud.username === null ? {} : { username: cloud.username }),
      ...(password === undefined ? {} : { password }),
      ...(cloud.caFile === null ? {} : { ca: readFileSync(cloud.caFile) }),
      ...(cloud.certFile === null ? {} : { cert: readFileSync(cloud.certFile) }),
      ...(cloud.keyFile === null ? {} : { key: readFileSync(cloud.keyFile) }),
      rejectUnauthorized: true,
      ...(this.#protocol === 5 ? { properties: { maximumPacketSize: 65_536 } } : {}),
    };
  }

  /**
   * What goes on the wire for a payload, which is JSON up to here: as it is, or in protobuf. Null
   * for one that protobuf cannot hold; the reason is in the log once for each topic.
   */
  #onWire(topic: string, payload: string): string | Buffer | null {
    const { cloud, log } = this.#options;
    if (cloud.encoding === 'json') return payload;
    const tell = (reason: string): void => {
      if (this.#told.has(topic)) return;
      this.#told.add(topic);
      log.error('cloud_encoding', { cloud: cloud.id, topic, reason });
    };
    try {
      const { bytes, unknown } = this.#encode!(topic, payload);
      if (unknown.length > 0) {
        this.counters.count('cloud_member_unknown', unknown.length);
        tell(`no row for ${unknown[0]!}`);
      }
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (error) {
      this.counters.count('cloud_encoding_failed');
      tell(messageOf(error));
      return null;
    }
  }

  #connect(): void {
    if (this.#closed) return;
    let client: MqttClient;
    try {
      client = mqtt.connect(this.#options.cloud.url, this.#settings());
    } catch (error) {
      this.#because = bothOf(error);
      return this.#down(messageOf(error));
    }
    this.#client = client;
    client.on('connect', () => {
      // Small publishes would wait up to 40 ms for one another (Nagle) without this.
      (client.stream as Partial<Socket>).setNoDelay?.(true);
      this.#connected = true;
      this.#fault = null;
      this.#because = null;
      this.#waitMs = WAIT_MIN_MS;
      this.#sinceMs = this.#options.clock.nowMs();
      this.counters.count('cloud_connected');
      this.#options.log.info('cloud_connected', { cloud: this.#options.cloud.id, mqtt: this.#protocol });
      this.#sendLive();
      void this.#pump();
    });
    client.on('error', (error) => {
      if (/unacceptable protocol|Connection refused: Unac/i.test(error.message) && this.#protocol === 5) {
        this.#protocol = 4;
        this.counters.count('cloud_mqtt_fallback');
        this.#fallsBack = true;
      }
      this.#fault = error.message || error.name || 'connection failed';
      this.#because = bothOf(error);
    });
    client.on('close', () => this.#down(this.#fault ?? 'connection closed'));
  }

  #down(reason: string): void {
    if (this.#closed) return;
    const { clock, log, random, cloud } = this.#options;
    if (this.#connected) this.#sinceMs = clock.nowMs();
    this.#connected = false;
    this.#client?.removeAllListeners();
    // A late error of a client that was given up must not end the process.
    this.#client?.on('error', () => undefined);
    this.#client?.end(true);
    this.#client = null;
    this.#inflight.clear();
    if (this.#fallsBack) {
      // An older broker is no fault: the next try speaks its version.
      this.#fallsBack = false;
      log.info('cloud_older_mqtt', { cloud: cloud.id, mqtt: this.#protocol });
    } else if (this.#fault !== reason || this.#waitMs === WAIT_MIN_MS) {
      log.warn('cloud_down', { cloud: cloud.id, reason, wait_ms: Math.round(this.#waitMs) });
    }
    this.#fault = reason;
    const waitMs = this.#waitMs * (0.5 + random.next() / 2);
    this.#waitMs = Math.min(this.#waitMs * 2, WAIT_MAX_MS);
    this.#cancel = clock.at(plusMs(clock.nowMs(), waitMs), () => this.#connect());
  }

  /** The newest of each stream; older ones that did not leave are counted. */
  live(messages: readonly CityMessage[]): void {
    for (const message of messages) {
      if (this.#live.delete(message.key)) this.counters.count('cloud_live_replaced');
      if (this.#live.size >= LIVE_MAX) {
        this.counters.count('cloud_live_overflow');
        continue;
      }
      this.#live.set(message.key, message);
    }
    this.#sendLive();
  }

  #sendLive(): void {
    const client = this.#client;
    if (!client || !this.#connected) return;
    const stream = client.stream as Partial<Socket>;
    // A slow link keeps the newest here rather than a queue in the socket.
    if ((stream.writableLength ?? 0) > 256 * 1024) return;
    for (const message of this.#live.values()) {
      const payload = this.#onWire(message.topic, message.payload);
      if (payload === null) continue;
      client.publish(message.topic, payload, { qos: 0 });
      this.counters.count('cloud_live_sent');
    }
    this.#live.clear();
  }

  /** New records are on disk. */
  wake(): void {
    void this.#pump();
  }

  #poll(): void {
    const { clock } = this.#options;
    if (this.#closed) return;
    this.#cancelPoll = clock.at(plusMs(clock.nowMs(), POLL_MS), () => {
      void this.#pump();
      this.#poll();
    });
  }

  async #pump(): Promise<void> {
    if (this.#pumping || this.#closed) return;
    this.#pumping = true;
    try {
      await this.#flushDone();
      const client = this.#client;
      if (!client || !this.#connected || this.#inflight.size >= INFLIGHT_MAX) return;
      const held = new Set([...this.#inflight, ...this.#doneIds]);
      const rows = await this.#options.records.take(this.#options.cloud.id, 0, INFLIGHT_MAX * 2);
      for (const row of rows) {
        if (held.has(row.id) || this.#inflight.size >= INFLIGHT_MAX) continue;
        if (this.#client !== client || !this.#connected) return;
        this.#publish(client, row);
      }
    } finally {
      this.#pumping = false;
    }
  }

  #publish(client: MqttClient, row: WaitingRecord): void {
    const payload = this.#onWire(row.topic, row.payload);
    if (payload === null) {
      this.#doneIds.push(row.id); // it would hold back all behind it for ever
      return;
    }
    this.#inflight.add(row.id);
    client.publish(row.topic, payload, { qos: 1 }, (error) => {
      if (this.#client !== client) return;
      this.#inflight.delete(row.id);
      if (error) {
        this.counters.count('cloud_record_failed');
        return;
      }
      this.counters.count('cloud_record_confirmed');
      this.#doneIds.push(row.id);
      void this.#pump();
    });
  }

  async #flushDone(): Promise<void> {
    if (this.#doneIds.length === 0) return;
    const ids = this.#doneIds.splice(0);
    if (!(await this.#options.records.done(ids))) this.#doneIds.unshift(...ids);
  }

  status(): CloudStatus {
    return {
      id: this.#options.cloud.id,
      connected: this.#connected,
      protocol: this.#protocol,
      fault: this.#connected ? null : this.#fault,
      told: this.#connected ? null : this.#because,
      sinceMs: this.#sinceMs,
      counters: this.counters.toJSON(),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    this.#cancelPoll();
    await this.#flushDone();
    const client = this.#client;
    this.#client = null;
    client?.removeAllListeners();
    client?.on('error', () => undefined);
    if (client) await new Promise<void>((resolve) => client.end(true, {}, () => resolve()));
  }
}
