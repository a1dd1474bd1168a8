import { every, stampAt } from '../../src/base/clock.ts';
import { plusMs } from '../../src/base/time.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { Datagram, StreamChunk } from '../../src/model/port.ts';
import type { DriverInstance, SignalContext } from '../driver.ts';
import { SourceWatch } from '../sources.ts';
import { escapeFrame, readDatagram, StreamParser, writeFrame } from './frame.ts';
import type { FrameItem, Received } from './frame.ts';
import {
  errorCounters, FRAME, LAMP_GROUP_COUNT, LAMP_GROUP_TYPES, LAMP_STATES, RUNNING_MODE,
  RUNNING_PLAN, RUNNING_STAGE, STAGE_REMAINING_S, STAGE_STATE,
} from './objects.ts';
import type { ObjectAddress } from './objects.ts';
import type { Gbt20999Options } from './options.ts';
import { ControllerReader } from './read.ts';

/** A longer gap between complete answers is a slow one: the hard limit of rule R1. */
const SLOW_AFTER_MS = 300;
/** So many slow gaps in a row make a slow source, so many quick ones a quick source again. */
const SLOW_STREAK = 3;
const QUICK_STREAK = 25;
/** Period that marks a slow source (rule R1b). */
const SLOW_PERIOD_MS = 1000;

/** Error code of an object that the controller does not have. */
const NO_SUCH_OBJECT = 0x30;
const REFUSED_FOR_MS = 60_000;

/** How often it is looked whether lamps must be asked for again, ms. */
const RETRY_LOOK_MS = 20;
/** An answer is missed after so many times the usual wait for one. */
const MISSED_AFTER_WAITS = 3;
/** So often is one question for lamps repeated before its time-out is waited for. */
const RETRIES = 4;
/** Share of a new wait in the usual one, as of round trips in RFC 6298. */
const WAIT_SHARE = 0.125;

/** What is asked for in one question. */
type Question = 'lamps' | 'stage' | 'running' | 'setup';
const questions: readonly Question[] = ['lamps', 'stage', 'running', 'setup'];

type Transport = 'udp' | 'tcp' | 'serial';
type Good = Extract<Received, { readonly frame: object }>;

interface InstanceState {
  sequence: number;
  published: number;
  ticks: number;
  /** When each unanswered question was sent. */
  asked: Partial<Record<Question, MonotonicMs>>;
  /** The usual wait for an answer about lamps, ms; null before the first one. */
  waitMs: number | null;
  /** Repetitions of the question for lamps that is under way. */
  retries: number;
  /** Until when each question that the controller does not know is not asked again. */
  refused: Partial<Record<Question, MonotonicMs>>;
  completeMs: MonotonicMs | null;
  slowStreak: number;
  quickStreak: number;
  slow: boolean;
  epoch: number | null;
  from: string;
  told: string;
}

/** The client: asks, listens, publishes. */
export class Gbt20999Instance implements DriverInstance {
  readonly #context: SignalContext<Transport>;
  readonly #options: Gbt20999Options;
  readonly #reader: ControllerReader;
  readonly #parser = new StreamParser();
  readonly #sources: SourceWatch;
  readonly #stops: readonly (() => void)[];
  #state: InstanceState;

  constructor(context: SignalContext<Transport>, options: Gbt20999Options) {
    this.#context = context;
    this.#options = options;
    this.#reader = new ControllerReader(options, (name, by) => context.count(name, by));
    this.#sources = new SourceWatch({ expected: options.expectedSource, by: options.sourceBy });
    this.#state = {
      sequence: 0, published: 0, ticks: 0, asked: {}, waitMs: null, retries: 0, refused: {},
      completeMs: null,
      slowStreak: 0, quickStreak: 0, slow: options.queryPeriodMs > SLOW_AFTER_MS,
      epoch: null, from: '', told: '',
    };
    context.port.onMessage((message, receivedMs) => this.#accept(message, receivedMs));
    const { clock } = context;
    const stops = [every(clock, options.queryPeriodMs, () => this.#tick(clock.nowMs()))];
    if (options.heartbeat === 'both' || options.heartbeat === 'box-asks') {
      const beat = (): boolean => this.#send(FRAME.heartbeatQuery, []);
      stops.push(every(clock, options.heartbeatPeriodMs, beat));
    }
    // Only datagrams are lost; streams repeat by themselves.
    if (context.port.transport === 'udp') {
      stops.push(every(clock, RETRY_LOOK_MS, () => this.#askAgain(clock.nowMs())));
    }
    this.#stops = stops;
  }

  // Asking.

  #tick(nowMs: MonotonicMs): void {
    const ticks = this.#state.ticks++;
    this.#ask('lamps', nowMs);
    const hasStages = Object.keys(this.#options.stageGroups).length > 0;
    if (hasStages && ticks % 2 === 0) this.#ask('stage', nowMs);
    if (ticks % 5 === 1) this.#ask('running', nowMs);
    const setUp = this.#reader.groupCount !== null && this.#reader.types.length > 0;
    if (!setUp && ticks % 5 === 0) this.#ask('setup', nowMs);
  }

  /** One question of a kind is under way at a time, so that a slow controller is not flooded. */
  #ask(question: Question, nowMs: MonotonicMs): void {
    const { asked, refused } = this.#state;
    if (nowMs < (refused[question] ?? nowMs)) return;
    const sentMs = asked[question];
    if (sentMs !== undefined) {
      if (nowMs - sentMs < this.#options.queryTimeoutMs) return;
      if (question === 'lamps') this.#context.count('query_timeout');
    }
    if (question === 'lamps') this.#state.retries = 0;
    if (this.#send(FRAME.query, this.#wanted(question))) asked[question] = nowMs;
    else delete asked[question];
  }

  /**
   * Asks for lamps again when their answer is late by this controller's own measure, so that one
   * lost datagram does not make the junction unavailable. A controller that is slow to answer is
   * not asked more often than its time-out says: its usual wait is long as well.
   */
  #askAgain(nowMs: MonotonicMs): void {
    const state = this.#state;
    const sentMs = state.asked.lamps;
    if (sentMs === undefined || state.waitMs === null || state.retries >= RETRIES) return;
    const missedMs = Math.max(RETRY_LOOK_MS, MISSED_AFTER_WAITS * state.waitMs) * (state.retries + 1);
    if (nowMs - sentMs < missedMs || missedMs >= this.#options.queryTimeoutMs) return;
    state.retries++;
    this.#context.count('query_repeated');
    // A whole row of repetitions without an answer: this controller has become slower.
    if (state.retries === RETRIES) state.waitMs *= 2;
    this.#send(FRAME.query, this.#wanted('lamps'));
  }

  /** Learns the wait; an answer after repetitions could be to any of them and says nothing. */
  #learnWait(receivedMs: MonotonicMs): void {
    const state = this.#state;
    const sentMs = state.asked.lamps;
    if (sentMs === undefined || state.retries > 0) return;
    const waitMs = receivedMs - sentMs;
    state.waitMs = state.waitMs === null ? waitMs : state.waitMs + WAIT_SHARE * (waitMs - state.waitMs);
  }

  #wanted(question: Question): readonly ObjectAddress[] {
    if (question === 'lamps') return this.#lampsWanted();
    if (question === 'running') return [RUNNING_MODE, RUNNING_PLAN];
    if (question === 'setup') return [LAMP_GROUP_COUNT, LAMP_GROUP_TYPES];
    const element = this.#reader.stage;
    if (element === null) return [RUNNING_STAGE];
    return [RUNNING_STAGE, { ...STAGE_STATE, element }, { ...STAGE_REMAINING_S, element }];
  }

  /** One by one only once their number is known; until then all of them. */
  #lampsWanted(): readonly ObjectAddress[] {
    const { groupCount } = this.#reader;
    if (this.#options.lampQuery === 'all' || groupCount === null) return [LAMP_STATES];
    return Array.from({ length: groupCount }, (_, i) => ({ ...LAMP_STATES, element: i + 1 }));
  }

  #send(type: number, wanted: readonly ObjectAddress[], sequence?: number): boolean {
    const options = this.#options;
    const state = this.#state;
    const items: FrameItem[] = wanted.map((address) => ({ ...address, data: new Uint8Array(0) }));
    const bytes = writeFrame({
      version: options.version,
      upperComputer: options.upperComputerId,
      controller: options.controllerId,
      intersection: options.intersectionId,
      sequence: sequence ?? state.sequence++ & 0xff,
      type,
      items,
    });
    const { port } = this.#context;
    const sent = port.transport === 'udp'
      ? port.send({ data: bytes, from: state.from })
      : port.send({ data: escapeFrame(bytes), epoch: state.epoch ?? 0 });
    if (!sent) this.#context.count('send_refused');
    return sent;
  }

  // Listening.

  #accept(message: Datagram | StreamChunk, receivedMs: MonotonicMs): void {
    if ('from' in message) {
      for (const received of readDatagram(message.data, receivedMs)) {
        if (received.frame && !this.#heardRightly(message.from, receivedMs)) return;
        this.#receive(received);
      }
      return;
    }
    if (message.epoch !== this.#state.epoch) this.#beginAnew(message.epoch);
    for (const received of this.#parser.push(message.data, receivedMs)) this.#receive(received);
  }

  #beginAnew(epoch: number): void {
    this.#parser.reset();
    this.#reader.reset();
    Object.assign(this.#state, { epoch, asked: {}, retries: 0, refused: {}, completeMs: null });
  }

  #heardRightly(from: string, receivedMs: MonotonicMs): boolean {
    const verdict = this.#sources.hear(from, receivedMs);
    if (verdict === 'unexpected') {
      this.#context.count('unexpected_source');
      return false;
    }
    if (verdict === 'two-sources') {
      this.#context.count('two_sources');
      this.#context.twoSources();
      return false;
    }
    if (verdict === 'changed') {
      this.#context.count('source_changed');
      this.#reader.reset();
    }
    this.#state.from = from;
    return true;
  }

  #receive(received: Received): void {
    const { count } = this.#context;
    if (received.dropped) {
      return count(received.dropped, received.dropped === 'noise' ? received.octets : 1);
    }
    const { frame } = received;
    const { controllerId, intersectionId, heartbeat, activeReports } = this.#options;
    if (frame.controller !== controllerId || frame.intersection !== intersectionId) {
      return count('other_controller');
    }
    if (frame.type === FRAME.reply) return this.#read(received);
    if (frame.type === FRAME.activeReport) {
      return activeReports === 'use' ? this.#read(received) : count('active_ignored');
    }
    if (frame.type === FRAME.queryError) return this.#readError(received);
    if (frame.type === FRAME.heartbeatAnswer) return undefined;
    if (frame.type !== FRAME.heartbeatQuery) return count('unexpected_type');
    if (heartbeat === 'both' || heartbeat === 'controller-asks') {
      this.#send(FRAME.heartbeatAnswer, [], frame.sequence);
    }
  }

  #readError({ frame, receivedMs }: Good): void {
    for (const item of frame.items) {
      const code = item.data[0];
      this.#context.count((code === undefined ? null : errorCounters.get(code)) ?? 'error_unknown');
      for (const question of questions) {
        const about = this.#wanted(question).some(
          ({ cls, object, attribute }) =>
            cls === item.cls && object === item.object && attribute === item.attribute,
        );
        if (!about) continue;
        delete this.#state.asked[question];
        // What a controller does not have it will hardly have soon; lamps are asked for always.
        if (code !== NO_SUCH_OBJECT || question === 'lamps') continue;
        this.#state.refused[question] = plusMs(receivedMs, REFUSED_FOR_MS);
      }
    }
  }

  #read({ frame, bytes, receivedMs }: Good): void {
    const brought = this.#reader.accept(frame, bytes, receivedMs);
    const { asked } = this.#state;
    if (brought.setup) delete asked.setup;
    if (brought.running) delete asked.running;
    if (brought.stage) delete asked.stage;
    if (brought.lamps === null) return;
    if (brought.lamps === 'complete') {
      this.#learnWait(receivedMs);
      delete asked.lamps;
      this.#pace(receivedMs);
    }
    this.#publish(receivedMs);
    this.#tell();
  }

  /** One late answer makes data stale, not the source slow: slow sources have the wider limit. */
  #pace(receivedMs: MonotonicMs): void {
    const state = this.#state;
    const gapMs = state.completeMs === null ? 0 : receivedMs - state.completeMs;
    state.completeMs = receivedMs;
    state.slowStreak = gapMs > SLOW_AFTER_MS ? state.slowStreak + 1 : 0;
    state.quickStreak = gapMs > SLOW_AFTER_MS ? 0 : state.quickStreak + 1;
    if (state.slowStreak >= SLOW_STREAK) state.slow = true;
    const mayBeQuick = this.#options.queryPeriodMs <= SLOW_AFTER_MS;
    if (state.quickStreak >= QUICK_STREAK && mayBeQuick) state.slow = false;
  }

  #publish(receivedMs: MonotonicMs): void {
    const { clock, controllerId } = this.#context;
    const measuredMs = plusMs(this.#reader.oldestMs, -this.#options.latencyMs);
    this.#context.publish({
      controllerId,
      sequence: this.#state.published++,
      measured: stampAt(clock, measuredMs),
      received: stampAt(clock, receivedMs),
      periodMs: this.#state.slow ? SLOW_PERIOD_MS : this.#options.queryPeriodMs,
      groups: this.#reader.groups(receivedMs),
      status: this.#reader.status(receivedMs),
      evidence: this.#reader.evidence,
    });
  }

  /** Tells facts when they change. */
  #tell(): void {
    const facts = {
      lampGroups: this.#reader.groupCount ?? 0,
      lampGroupTypes: this.#reader.types.join(','),
      slow: this.#state.slow,
    };
    const text = JSON.stringify(facts);
    if (text === this.#state.told) return;
    this.#state.told = text;
    this.#context.report(facts);
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  snapshot(): unknown {
    return {
      state: structuredClone(this.#state),
      reader: this.#reader.snapshot(),
      parser: this.#parser.snapshot(),
      sources: this.#sources.snapshot(),
    };
  }

  restore(snapshot: unknown): void {
    const { state, reader, parser, sources } = snapshot as Record<string, unknown>;
    this.#state = structuredClone(state as InstanceState);
    this.#reader.restore(reader);
    this.#parser.restore(parser);
    this.#sources.restore(sources);
  }
}
