import type { ClockAnchor } from '../../base/clock.ts';
import { Fault } from '../../base/fault.ts';
import type { Random } from '../../base/random.ts';
import { filledText } from '../../base/text.ts';
import type { Text } from '../../base/text.ts';
import { factTexts } from '../../base/texts/faults.ts';
import { recordingFaultTexts as texts } from '../../base/texts/recordings.ts';
import { plusMs } from '../../base/time.ts';
import type { MonotonicMs } from '../../base/time.ts';
import type { PortMessage } from '../../model/port.ts';
import type { ClockEvent, MessageEvent, RecordedEvent } from './types.ts';

/** One fault of a replay. Times are seconds from the first event; `share` is 0 to 1. */
export type ReplayFault =
  | {
      readonly kind: 'gap';
      readonly port: string | null;
      readonly atS: number;
      readonly forS: number;
    }
  | { readonly kind: 'jitter'; readonly port: string | null; readonly ms: number }
  | { readonly kind: 'step'; readonly atS: number; readonly ms: number }
  | { readonly kind: 'duplicate'; readonly port: string | null; readonly share: number }
  | { readonly kind: 'corrupt'; readonly port: string | null; readonly share: number };

interface Parameter {
  readonly min: number;
  readonly max: number;
  readonly default: number | null;
}
const kinds: Readonly<Record<ReplayFault['kind'], Readonly<Record<string, Parameter>>>> = {
  gap: {
    at: { min: 0, max: 1e6, default: null },
    for: { min: 0, max: 1e6, default: null },
  },
  jitter: { ms: { min: 0, max: 10_000, default: null } },
  step: {
    at: { min: 0, max: 1e6, default: null },
    ms: { min: -1e9, max: 1e9, default: null },
  },
  duplicate: { share: { min: 0, max: 1, default: 1 } },
  corrupt: { share: { min: 0, max: 1, default: 0.01 } },
};
const withPort = new Set<string>(['gap', 'jitter', 'duplicate', 'corrupt']);

/** The spec language, for help texts. */
export const faultExample =
  'gap:port=radar-north,at=10,for=2;jitter:ms=20;step:at=30,ms=-500;' +
  'duplicate:share=0.1;corrupt:share=0.01';

function refuse(part: string, expected: string | Text, got: string | Text): never {
  throw new Fault('VALUE_OUT_OF_RANGE', {
    subject: filledText(texts.replay_faults, { part }),
    expected,
    got,
    next: filledText(texts.replay_faults_next, { example: faultExample }),
  });
}

/**
 * Reads a list of faults, `kind:name=value,…;kind:…`. A fault without `port` is for all ports.
 * @throws Fault VALUE_OUT_OF_RANGE that names the part, what is known there and an example.
 */
export function parseFaults(spec: string): ReplayFault[] {
  const parts = spec.split(';').map((part) => part.trim()).filter((part) => part !== '');
  return parts.map((part) => {
    const [kind = '', rest = ''] = part.split(/:(.*)/s);
    if (!Object.hasOwn(kinds, kind)) refuse(part, Object.keys(kinds).join(', '), kind);
    const rows = kinds[kind as ReplayFault['kind']];
    const known = [...Object.keys(rows), ...(withPort.has(kind) ? ['port'] : [])];
    const given = new Map(
      rest.split(',').filter((pair) => pair !== '').map((pair) => {
        const [name = '', value = ''] = pair.split(/=(.*)/s);
        if (!known.includes(name)) refuse(part, known.join(', '), name);
        return [name, value] as const;
      }),
    );
    const values: Record<string, number> = {};
    for (const [name, { min, max, default: usual }] of Object.entries(rows)) {
      const text = given.get(name);
      const value = text === undefined ? usual : text === '' ? Number.NaN : Number(text);
      if (value === null) refuse(part, `${name}=…`, factTexts.nothing);
      if (!(value >= min && value <= max)) {
        refuse(part, filledText(texts.replay_faults_range, { name, min, max }), text ?? '');
      }
      values[name] = value;
    }
    return build(kind as ReplayFault['kind'], values, given.get('port') ?? null);
  });
}

function build(
  kind: ReplayFault['kind'],
  values: Readonly<Record<string, number>>,
  port: string | null,
): ReplayFault {
  switch (kind) {
    case 'gap':
      return { kind, port, atS: values.at!, forS: values.for! };
    case 'jitter':
      return { kind, port, ms: values.ms! };
    case 'step':
      return { kind, atS: values.at!, ms: values.ms! };
    case 'duplicate':
    case 'corrupt':
      return { kind, port, share: values.share! };
  }
}

/** The octets of a message, and the message with others. */
function octetsOf(message: PortMessage): Uint8Array {
  return 'payload' in message ? message.payload : message.data;
}
function withOctets(message: PortMessage, octets: Uint8Array): PortMessage {
  return 'payload' in message ? { ...message, payload: octets } : { ...message, data: octets };
}

function corrupted(message: PortMessage, random: Random): PortMessage {
  const octets = Uint8Array.from(octetsOf(message));
  if (octets.length === 0) return message;
  octets[random.below(octets.length)]! ^= 1 << random.below(8);
  return withOctets(message, octets);
}

/**
 * Applies faults to the events of a recording. The same seed gives the same events.
 *
 * Jitter delays messages, each port for itself and keeping its order, by up to `ms`; the delayed
 * are held and put back in order of their new stamps. Every fault draws from a stream of its own,
 * so that adding one does not change the others. A step changes UTC only, as a stepped clock does:
 * it is a clock event, by the anchor in force, just before the first event that it is due for.
 *
 * @param started The anchor that the recording begins with.
 */
export function* applyFaults(
  events: Iterable<RecordedEvent>,
  faults: readonly ReplayFault[],
  random: Random,
  started: ClockAnchor,
): Generator<RecordedEvent> {
  const streams = faults.map((fault, index) => random.fork(`${index} ${fault.kind}`));
  const steps = faults.filter((fault) => fault.kind === 'step').sort((a, b) => a.atS - b.atS);
  const held: RecordedEvent[] = [];
  const portMs = new Map<string, MonotonicMs>();
  let anchor = started;
  let startMs: number | null = null;
  let steppedMs = 0;
  const clockEvent = (atMs: MonotonicMs): ClockEvent => ({
    kind: 'clock',
    atMs,
    anchor: { ...anchor, utcMs: plusMs(anchor.utcMs, steppedMs) },
  });
  for (const event of events) {
    startMs ??= event.atMs;
    const atS = (event.atMs - startMs) / 1000;
    while (held[0] && held[0].atMs < event.atMs) yield held.shift()!;
    while (steps[0] && steps[0].atS <= atS) {
      steppedMs += steps.shift()!.ms;
      yield clockEvent(event.atMs);
    }
    if (event.kind === 'message') {
      for (const made of faultyMessages(event, atS, faults, streams)) {
        const lastMs = portMs.get(made.port) ?? made.atMs;
        const atMs = lastMs > made.atMs ? lastMs : made.atMs;
        portMs.set(made.port, atMs);
        insert(held, { ...made, atMs });
      }
    }
    while (held[0] && held[0].atMs <= event.atMs) yield held.shift()!;
    if (event.kind === 'clock') {
      anchor = event.anchor;
      yield clockEvent(event.atMs);
    } else if (event.kind !== 'message') yield event;
  }
  yield* held;
}

function insert(held: RecordedEvent[], event: RecordedEvent): void {
  let index = held.length;
  while (index > 0 && held[index - 1]!.atMs > event.atMs) index--;
  held.splice(index, 0, event);
}

function faultyMessages(
  event: MessageEvent,
  atS: number,
  faults: readonly ReplayFault[],
  streams: readonly Random[],
): MessageEvent[] {
  let made: MessageEvent[] = [event];
  faults.forEach((fault, index) => {
    if (fault.kind === 'step' || (fault.port !== null && fault.port !== event.port)) return;
    const stream = streams[index]!;
    if (fault.kind === 'gap') {
      if (atS >= fault.atS && atS < fault.atS + fault.forS) made = [];
    } else if (fault.kind === 'jitter') {
      // Whole microseconds, like every stamp.
      const delayMs = Math.round(stream.next() * fault.ms * 1000) / 1000;
      made = made.map((one) => ({ ...one, atMs: plusMs(one.atMs, delayMs) }));
    } else if (fault.kind === 'duplicate') {
      if (stream.next() < fault.share) made = made.flatMap((one) => [one, one]);
    } else if (stream.next() < fault.share) {
      made = made.map((one) => ({ ...one, message: corrupted(one.message, stream) }));
    }
  });
  return made;
}
