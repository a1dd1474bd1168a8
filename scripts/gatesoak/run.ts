/** Runs one row of the long run over so many signal cycles and tells what was seen. */
import { seededRandom } from '../../src/base/random.ts';
import type { Random } from '../../src/base/random.ts';
import type { Site } from '../../src/model/site.ts';
import type { SentMessage } from '../../src/pipeline.ts';
import { Box, TICK_MS } from './box.ts';
import type { BoxOptions, Hooks } from './box.ts';
import { UperError } from '../../v2x/codec.ts';
import { Judge, readSpat } from './judge.ts';
import type { Said, WrongExample, Wrongs } from './judge.ts';
import { Truth } from './truth.ts';
import type { StageOrders } from './truth.ts';

/** One look at a junction after a turn of its loop. */
export interface Look {
  readonly atMs: number;
  /** What was sent in this cycle; null is silence. */
  readonly said: Said | null;
  readonly level: string;
  readonly truth: Truth;
  readonly box: Box;
  readonly site: Site;
  /** MAPs sent in this cycle. */
  readonly maps: readonly Uint8Array[];
}

/** A fault at work on one junction. */
export interface Injection {
  readonly orders?: (stage: number, cycle: number, random: Random) => StageOrders;
  readonly hooks?: Hooks;
  /** Called after each turn; may tell failures of what the row expects. */
  look?(look: Look, tell: Tell): void;
  /** The box was started anew: what it had noticed is forgotten. */
  restarted?(): void;
  /** How many times the fault was there. */
  injected(): number;
  /** Answers, ms from the arrival of the fault to the refusal. */
  readonly answersMs?: number[];
}

/** Counts one thing that was expected, and whether it came. */
export type Tell = (expectation: string, held: boolean, why?: () => string) => void;

export interface RowOptions {
  readonly site: Site;
  readonly slow?: boolean;
  readonly seed: string;
  readonly cycles: number;
  /** Cycles near 36 s in place of 50: for tests. */
  readonly brisk?: boolean;
  readonly inject: (random: Random) => Injection;
  readonly box?: Partial<
    Pick<BoxOptions, 'startUtcMs' | 'errorMs' | 'mapEveryS' | 'lossShare' | 'phaseMs'>
  >;
  /** Replaces the gate's judgement: shows that the judge can fail. */
  readonly breakGate?: (box: Box) => void;
  /** Replaces the SPAT that was sent, null for none: shows the same of the expectations. */
  readonly breakSent?: (bytes: Uint8Array | null) => Uint8Array | null;
  readonly progress?: (cycles: number) => void;
}

export interface RowResult {
  readonly cycles: number;
  readonly ticks: number;
  /** Turns before the first at L0: the start of the box. */
  readonly startTicks: number;
  readonly frames: number;
  readonly levels: Readonly<Record<string, number>>;
  readonly wrongs: Wrongs;
  readonly residual: number;
  readonly injected: number;
  readonly answerMaxMs: number | null;
  readonly answers: number;
  /** By expectation: how often it was asked and how often it did not hold. */
  readonly expectations: Readonly<Record<string, { asked: number; failed: number }>>;
  readonly examples: readonly {
    readonly what: string; readonly atMs: number; readonly text: string;
  }[];
  /** Of what was sent, for comparing runs. */
  readonly hash: number;
  /** Latches that a person released, and starts of the box that came with it or without. */
  readonly releases: number;
  readonly restarts: number;
  readonly counters: Readonly<Record<string, number>>;
  readonly cpuMs: number;
}

/** A person comes by when the node was not at L0 for so long. */
const VISIT_AFTER_MS = 25_000;
const CADENCE = 'one SPAT in each cycle of 100 ms unless silent';

class Row {
  readonly #options: RowOptions;
  readonly #levels: Record<string, number> = {};
  readonly #expectations: Record<string, { asked: number; failed: number }> = {};
  readonly #examples: { what: string; atMs: number; text: string }[] = [];
  readonly #truth: Truth;
  readonly #judge: Judge;
  readonly #injection: Injection;
  readonly box: Box;
  #sent: SentMessage[] = [];
  #hash = 0x811c9dc5;
  #ticks = 0;
  #validMs = Box.startMs;
  #releases = 0;
  #startTicks = 0;
  #restarts = 0;

  constructor(options: RowOptions) {
    this.#options = options;
    const { site, slow, seed, inject, box, breakGate, brisk } = options;
    const random = seededRandom(seed);
    this.#injection = inject(random.fork('fault'));
    this.#truth = new Truth(
      site.road, Box.startMs, random.fork('truth'), this.#injection.orders, brisk);
    this.#truth.settle(Box.startMs);
    this.#judge = new Judge(site.road, this.#truth, slow ?? false);
    this.box = new Box({
      site, truth: this.#truth, random: random.fork('wire'), hooks: this.#injection.hooks ?? {},
      sent: (message) => this.#sent.push(message), ...box,
      ...(breakGate ? { made: breakGate } : {}),
    });
  }

  #tell: Tell = (expectation, held, why) => {
    const row = (this.#expectations[expectation] ??= { asked: 0, failed: 0 });
    row.asked++;
    if (held) return;
    if (row.failed++ < 2) {
      this.#examples.push({ what: expectation, atMs: this.box.nowMs, text: why?.() ?? '' });
    }
  };

  #maps(): Uint8Array[] {
    if (this.#sent.length < 2) return [];
    return this.#sent.flatMap(({ message }) => (message.type === 'MAP' ? [message.bytes] : []));
  }

  #spat(): Said | null {
    const spats = this.#sent.filter(({ message }) => message.type === 'SPAT');
    if (spats.length > 1) this.#tell(CADENCE, false, () => `${spats.length} in one`);
    const sent = spats.at(-1)?.message.bytes ?? null;
    const { breakSent } = this.#options;
    const bytes = breakSent ? breakSent(sent) : sent;
    if (!bytes) return null;
    try {
      return readSpat(bytes, this.box.nowMs);
    } catch (thrown) {
      if (!(thrown instanceof UperError)) throw thrown;
      this.#tell('what leaves can be read', false, () => thrown.message);
      return null;
    }
  }

  step(): void {
    this.#sent.length = 0;
    const atMs = this.box.step();
    this.#ticks++;
    const said = this.#spat();
    const level = this.box.level();
    this.#levels[level] = (this.#levels[level] ?? 0) + 1;
    if (this.#levels['valid'] === undefined) this.#startTicks = this.#ticks;
    this.#tell(CADENCE, (said !== null) === (level !== 'silent'), () => level);
    if (said) {
      this.#judge.look(said);
      const { bytes } = said;
      for (let index = 0; index < bytes.length; index++) {
        this.#hash = Math.imul(this.#hash ^ bytes[index]!, 0x01000193);
      }
    }
    const { look } = this.#injection;
    look?.call(this.#injection, {
      atMs, said, level, truth: this.#truth, box: this.box, site: this.#options.site,
      maps: this.#maps(),
    }, this.#tell);
    this.#visit(atMs);
  }

  /** A person comes by when nothing is said for long: else most of a run would stand still. */
  #visit(atMs: number): void {
    if (this.#ticks % 10 !== 0) return;
    const { box } = this;
    if (box.level() === 'valid') this.#validMs = atMs;
    if (atMs - this.#validMs <= VISIT_AFTER_MS) return;
    this.#validMs = atMs;
    if (box.latched()) {
      box.loop.gate.releaseLatch(box.node, 'the long run');
      this.#releases++;
    }
    box.restart(); // probation and what was seen before are forgotten
    this.#restarts++;
    this.#injection.restarted?.();
  }

  run(): RowResult {
    const { cycles, progress } = this.#options;
    const before = process.cpuUsage();
    let told = 0;
    while (this.#truth.cycles < cycles) {
      this.step();
      if (progress && this.#truth.cycles - told >= 20) {
        told = this.#truth.cycles;
        progress(told);
      }
    }
    const { user, system } = process.cpuUsage(before);
    this.box.loop.stop();
    const { answersMs } = this.#injection;
    const wrong = this.#judge.examples.map(({ kind, atMs, text }: WrongExample) => ({
      what: `wrong green: ${kind}`, atMs, text,
    }));
    return {
      cycles: this.#truth.cycles, ticks: this.#ticks, startTicks: this.#startTicks,
      frames: this.#judge.frames,
      levels: this.#levels, wrongs: this.#judge.wrongs, residual: this.#judge.residual,
      injected: this.#injection.injected(),
      answerMaxMs:
        answersMs && answersMs.length > 0 ? answersMs.reduce((a, b) => Math.max(a, b)) : null,
      answers: answersMs?.length ?? 0,
      expectations: this.#expectations, examples: [...wrong, ...this.#examples],
      releases: this.#releases, restarts: this.#restarts, hash: this.#hash >>> 0,
      counters: this.box.loop.counters.toJSON(),
      cpuMs: (user + system) / 1000,
    };
  }
}

/** Runs one row. Deterministic: the same options give the same octets. */
export const runRow = (options: RowOptions): RowResult => new Row(options).run();

export { TICK_MS };
