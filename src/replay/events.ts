/** The events of a recording in order, with faults and with ticks where it has none. */
import { Fault } from '../base/fault.ts';
import { seededRandom } from '../base/random.ts';
import { filledText } from '../base/text.ts';
import { recordingFaultTexts as texts } from '../base/texts/recordings.ts';
import { monotonicMs, utcMs } from '../base/time.ts';
import type { Site } from '../model/site.ts';
import { SPAT_PERIOD_MS } from '../rates.ts';
import { applyFaults, parseFaults } from '../runtime/recording/faults.ts';
import type { Recording } from '../runtime/recording/reader.ts';
import type {
  RecordedEvent, RecordedLoop, RecordingManifest,
} from '../runtime/recording/types.ts';

/**
 * Everything that a replay goes through, in order; the same again for the same arguments.
 *
 * @param seed Of the chance in faults.
 * @param faults As in `lukou replay --help`; none when empty.
 * @throws Fault FILE_UNREADABLE for a recording whose stamps leave hours empty.
 */
export function replayEvents(
  recording: Recording, site: Site, seed: number, faults: string,
): Iterable<RecordedEvent> {
  const { started } = recording.manifest;
  if (faults === '') return withTicks(recording, site, recording.events());
  const anchor = {
    monoMs: monotonicMs(started.monoMs),
    utcMs: utcMs(started.utcMs),
    errorMs: started.errorMs ?? Number.POSITIVE_INFINITY,
  };
  const random = seededRandom(`${seed}/faults`);
  const events = applyFaults(recording.events(), parseFaults(faults), random, anchor);
  return withTicks(recording, site, events);
}

/** A recording without ticks may be silent for so long; beyond, a stamp is taken to be wrong, ms. */
const SILENCE_MAX_MS = 3_600_000;
/** The fastest and the slowest loop that ideal ticks are made for, ms. */
const PERIOD_MIN_MS = 1;
const PERIOD_MAX_MS = 10_000;

/** A loop's ideal ticks. */
interface IdealLoop extends RecordedLoop {
  readonly loop: string;
  tick: number;
}

/** When the next tick of a loop is due. */
const dueOf = ({ tick, periodMs, phaseMs }: IdealLoop): number => tick * periodMs + phaseMs;

/**
 * The loops of a recording without ticks: what its manifest says, the site's own where it says
 * nothing (a capture from elsewhere).
 *
 * @throws Fault FILE_UNREADABLE for a period that no loop can have.
 */
function idealLoops({ manifest }: Recording, { loop: { rateHz } }: Site): IdealLoop[] {
  const loops: Readonly<Record<string, RecordedLoop>> = {
    signals: { periodMs: SPAT_PERIOD_MS, phaseMs: 0 },
    perception: { periodMs: 1000 / rateHz, phaseMs: 0 },
    ...manifest.loops,
  };
  return Object.entries(loops)
    .sort(([a], [b]) => (a < b ? 1 : -1)) // signals before perception at equal instants
    .map(([loop, { periodMs, phaseMs }]) => {
      const inRange = periodMs >= PERIOD_MIN_MS && periodMs <= PERIOD_MAX_MS;
      if (!inRange || !Number.isFinite(phaseMs)) {
        throw new Fault('FILE_UNREADABLE', {
          subject: 'manifest.json',
          expected: filledText(texts.loop_period, { min: PERIOD_MIN_MS, max: PERIOD_MAX_MS }),
          got: filledText(texts.loop_got, { loop, periodMs: `${periodMs}`, phaseMs: `${phaseMs}` }),
          next: texts.loop_period_next,
        });
      }
      const tick = Math.ceil((manifest.started.monoMs - phaseMs) / periodMs);
      return { loop, periodMs, phaseMs, tick };
    });
}

/**
 * Ticks of loops whose recording holds none: ideal ones, between the events that there are.
 *
 * @throws Fault FILE_UNREADABLE where a stamp lies more than an hour after the one before: its
 *   ticks would be without end.
 */
function* withTicks(
  recording: Recording, site: Site, events: Iterable<RecordedEvent>,
): Generator<RecordedEvent> {
  if (recording.hasTicks) {
    yield* events;
    return;
  }
  const { started } = recording.manifest;
  const loops = idealLoops(recording, site);
  let beforeMs = started.monoMs;
  for (const event of events) {
    if (event.atMs - beforeMs > SILENCE_MAX_MS) throw silence(started, beforeMs, event);
    beforeMs = Math.max(beforeMs, event.atMs);
    for (;;) {
      let next = loops[0]!;
      for (const loop of loops) if (dueOf(loop) < dueOf(next)) next = loop;
      const dueMs = monotonicMs(dueOf(next));
      if (dueMs > event.atMs) break;
      const tick = next.tick++;
      yield { kind: 'tick', loop: next.loop, tick, dueMs, atMs: dueMs };
    }
    yield event;
  }
}

/** What is said of a stamp that lies hours after the one before. */
function silence(
  started: RecordingManifest['started'], beforeMs: number, event: RecordedEvent,
): Fault {
  const utc = (atMs: number): string => {
    const date = new Date(started.utcMs + atMs - started.monoMs);
    return Number.isFinite(date.getTime()) ? date.toISOString() : `${atMs} ms`;
  };
  return new Fault('FILE_UNREADABLE', {
    subject: event.kind === 'message' ? event.port : event.kind,
    expected: filledText(texts.silence, { minutes: SILENCE_MAX_MS / 60_000 }),
    got: filledText(texts.silence_got, { at: utc(event.atMs), before: utc(beforeMs) }),
    next: texts.silence_next,
  });
}
