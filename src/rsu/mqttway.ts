import type { Socket } from 'node:net';
import mqtt from 'mqtt';
import type { IClientOptions, MqttClient } from 'mqtt';
import { messageOf } from '../base/fault.ts';
import type { Log } from '../base/log.ts';
import type { RsuSettings } from '../model/site.ts';
import { mqttDefaults } from './kinds.ts';
import type { Piece, UnitWay } from './slowlink.ts';

/** What may wait in the socket before the link keeps the newest itself, octets. */
const SOCKET_MAX = 16 << 10;
const RETRY_MS = 1000;
const KEEPALIVE_S = 5;
const CONNECT_MS = 5000;
/** Answers are short; whatever is longer is none. */
const ANSWER_MAX = 4096;

function optionsOf(settings: RsuSettings, environment: NodeJS.ProcessEnv): IClientOptions {
  const { username, passwordEnv } = settings.mqtt ?? mqttDefaults;
  const password = passwordEnv === null ? undefined : environment[passwordEnv];
  return {
    protocolVersion: 4, // what every unit's broker knows; nothing of version 5 is needed here
    clientId: `lukou-${settings.id}`.slice(0, 23),
    clean: true,
    reconnectPeriod: RETRY_MS,
    connectTimeout: CONNECT_MS,
    keepalive: KEEPALIVE_S,
    queueQoSZero: false, // what cannot leave now is the link's to keep or to drop
    writeCache: false,
    resubscribe: false,
    rejectUnauthorized: true,
    ...(username === null ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}

/** What comes back from the unit. */
export interface Answers {
  readonly topics: readonly string[];
  heard(topic: string, text: string): void;
  /** The connection stands, be it anew: the unit may have forgotten everything. */
  connected(): void;
}

/** A broker between us and a unit: QoS 0 down, acknowledgements up. */
export class MqttWay implements UnitWay {
  readonly #client: MqttClient;
  readonly #id: string;
  readonly #log: Log;
  readonly #ready: (() => void)[] = [];
  #fault: string | null = 'not_connected';
  #blocked = false;

  constructor(
    settings: RsuSettings,
    log: Log,
    answers: Answers,
    environment: NodeJS.ProcessEnv = process.env,
  ) {
    const { tls } = settings.mqtt ?? mqttDefaults;
    this.#id = settings.id;
    this.#log = log;
    const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
    const url = `${tls ? 'mqtts' : 'mqtt'}://${host}:${settings.port}`;
    const client = mqtt.connect(url, optionsOf(settings, environment));
    this.#client = client;
    client.on('connect', () => {
      answers.connected();
      this.#connected(answers.topics);
    });
    client.on('error', (error) => this.#down(messageOf(error)));
    client.on('close', () => this.#down(this.#fault ?? 'connection closed'));
    client.on('message', (topic, payload) => {
      if (payload.length <= ANSWER_MAX) answers.heard(topic, payload.toString('utf8'));
    });
  }

  #connected(topics: readonly string[]): void {
    const stream = this.#client.stream as Partial<Socket>;
    stream.setNoDelay?.(true); // small publishes would wait for one another
    stream.on?.('drain', () => this.#wake());
    this.#fault = null;
    this.#blocked = false;
    this.#log.info('rsu_connected', { rsu: this.#id });
    if (topics.length > 0) this.#client.subscribe([...topics], { qos: 0 });
    this.#wake();
  }

  #down(reason: string): void {
    if (this.#fault !== reason) this.#log.warn('rsu_down', { rsu: this.#id, reason });
    this.#fault = reason;
  }

  #wake(): void {
    for (const run of this.#ready) run();
  }

  get ready(): boolean {
    if (!this.#client.connected || this.#client.disconnecting) return false;
    const stream = this.#client.stream as Partial<Socket>;
    this.#blocked = (stream.writableLength ?? 0) > SOCKET_MAX;
    return !this.#blocked;
  }

  get fault(): string | null {
    return this.#fault ?? (this.#blocked ? 'slow' : null);
  }

  send({ topic, payload }: Piece, done: (error: Error | null) => void): void {
    const octets = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    this.#client.publish(topic, octets, { qos: 0 }, (error) => done(error ?? null));
  }

  onReady(run: () => void): void {
    this.#ready.push(run);
  }

  close(): void {
    this.#ready.length = 0;
    this.#client.end(true);
  }
}
