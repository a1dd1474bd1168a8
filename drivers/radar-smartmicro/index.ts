import { stampAt } from '../../src/base/clock.ts';
import { plusMs } from '../../src/base/time.ts';
import { sensorTitles, smartmicroCounters } from '../../src/base/texts/sensors.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { Datagram } from '../../src/model/port.ts';
import { defineSensorDriver } from '../driver.ts';
import type { DriverInstance, SensorContext } from '../driver.ts';
import { clusterTargets } from './cluster.ts';
import { toObservations } from './observation.ts';
import { smartmicroOptions } from './options.ts';
import type { SmartmicroOptions } from './options.ts';
import { simulateSmartmicro } from './simulate.ts';
import { readTargetList } from './targets.ts';
import { Reassembler, applications } from './transport.ts';
import type { TransportMessage } from './transport.ts';

type CounterName = keyof typeof smartmicroCounters;

/** Road users told of in one look; a scene has fewer, and fusion must not drown. */
const OBSERVATIONS_MAX = 256;
/** Longest text of a life sign that is shown. */
const ALIVE_TEXT_MAX = 200;
/** A fault that was not told again for so long is over. */
const FAULT_LASTS_MS = 10000;

class Smartmicro implements DriverInstance {
  readonly #context: SensorContext<'udp'>;
  readonly #options: SmartmicroOptions;
  readonly #reassembler = new Reassembler();
  #sequence = 0;
  /** When the radar last told of a fault, or null. */
  #faultMs: MonotonicMs | null = null;

  constructor(context: SensorContext<'udp'>, options: SmartmicroOptions) {
    this.#context = context;
    this.#options = options;
    context.port.onMessage((datagram, receivedMs) => this.#accept(datagram, receivedMs));
  }

  #count(name: CounterName, by = 1): void {
    this.#context.count(name, by);
  }

  #accept(datagram: Datagram, receivedMs: MonotonicMs): void {
    const { source } = this.#options;
    if (source !== '' && datagram.from !== source && addressOf(datagram.from) !== source) {
      return this.#count('other_sensor');
    }
    const step = this.#reassembler.accept(datagram.data, datagram.from, receivedMs);
    for (const dropped of step.drops) this.#count(dropped);
    if (!step.message) return;
    const { application, payload } = step.message;
    if (application === applications.data) this.#acceptList(step.message);
    else if (application === applications.alive) this.#acceptAlive(payload, receivedMs);
    else this.#count('application_unknown');
  }

  #acceptAlive(payload: Uint8Array, receivedMs: MonotonicMs): void {
    this.#count('alive');
    const printable = new TextDecoder().decode(payload.subarray(0, ALIVE_TEXT_MAX));
    // Anything but plain characters could play tricks on the terminal of who reads the status.
    const text = printable.replace(/[^\x20-\x7e]+/g, ' ').trim();
    const faulty = text.includes('FAULT_REPORT');
    if (faulty) this.#faultMs = receivedMs;
    const health = faulty ? { health: 'degraded', reason: 'fault_report' } : {};
    this.#context.report({ alive: text, ...health });
  }

  #acceptList(message: TransportMessage): void {
    if (this.#faultMs !== null && message.lastMs - this.#faultMs > FAULT_LASTS_MS) {
      this.#faultMs = null;
      this.#context.report({ health: 'ok', reason: '' });
    }
    const { list, dropped } = readTargetList(message.payload);
    if (dropped) return this.#count(dropped);
    if (list.invalid > 0) this.#count('target_invalid', list.invalid);
    const { clock, sensorId } = this.#context;
    const { clusterRangeM, clusterAcrossM, clusterRateMps, clusterLengthMaxM } = this.#options;
    const clusters = clusterTargets(list, {
      rangeM: clusterRangeM,
      acrossM: clusterAcrossM,
      rateMps: clusterRateMps,
      lengthMaxM: clusterLengthMaxM,
    });
    if (clusters.split > 0) this.#count('cluster_split', clusters.split);
    const latencyMs = this.#options.latencyMs ?? this.#context.settings.latencyMs;
    const measuredMs = plusMs(message.lastMs, -latencyMs);
    const observations = toObservations(list, clusters, measuredMs, this.#options);
    const over = observations.length - OBSERVATIONS_MAX;
    // Groups are numbered by range: the farthest go.
    if (over > 0) {
      this.#count('observation_overflow', over);
      observations.length = OBSERVATIONS_MAX;
    }
    this.#context.publish({
      sensorId,
      sequence: this.#sequence++,
      measured: stampAt(clock, measuredMs),
      received: stampAt(clock, message.firstMs),
      observations,
      complete: over <= 0,
    });
  }

  /** Has no timers to end. */
  stop(): void {}

  snapshot(): unknown {
    const reassembler = this.#reassembler.snapshot();
    return { sequence: this.#sequence, faultMs: this.#faultMs, reassembler };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as {
      sequence: number; faultMs: MonotonicMs | null; reassembler: unknown;
    };
    this.#sequence = state.sequence;
    this.#faultMs = state.faultMs;
    this.#reassembler.restore(state.reassembler);
  }
}

const addressOf = (from: string): string => from.slice(0, from.lastIndexOf(':'));

/** smartmicro UMRR and DRVEGRD, target list. */
export const radarSmartmicro = defineSensorDriver({
  kind: 'radar-smartmicro',
  role: 'sensor',
  title: sensorTitles.radarSmartmicro,
  transports: ['udp'],
  silentAfterMs: 250, // four cycles of 55 ms and a little
  options: smartmicroOptions,
  counters: smartmicroCounters,
  start: (context, options) => new Smartmicro(context, options),
  simulate: (settings, options, random) => simulateSmartmicro(settings, options, random),
});
