/** Nouns made by hand, for the tests of what composers say. */
import { seededRandom } from '../../src/base/random.ts';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import type { Stamp } from '../../src/base/time.ts';
import type { Coverage } from '../../src/model/coverage.ts';
import { cityTrackId, sensorId, signalGroupId, trackId, zoneId } from '../../src/model/ids.ts';
import type { MessageOffer } from '../../src/model/message.ts';
import { roadUserClasses } from '../../src/model/roaduser.ts';
import type {
  ControllerStatus, SignalGroupState, SignalState, StateTiming, TimedInstant, TimingSource,
} from '../../src/model/signal.ts';
import type { Site } from '../../src/model/site.ts';
import type { Track, TrackList } from '../../src/model/track.ts';
import { codecFor } from '../../v2x/codec.ts';
import type { ProfileName } from '../../v2x/codec.ts';
import type { MessageFrame } from '../../v2x/schemas/frame.ts';
import type { ComposerContext, Profile } from '../../v2x/profile.ts';
import { profileByName } from '../../v2x/profiles.ts';

/** 2026-03-01T00:00:00Z at monotonic zero. */
export const START_UTC_MS = Date.UTC(2026, 2, 1);
export const stamp = (monoMs: number, errorMs = 5, startUtcMs = START_UTC_MS): Stamp => ({
  monoMs: monotonicMs(monoMs), utcMs: utcMs(startUtcMs + monoMs), errorMs,
});

/** A context whose counts can be read. */
export function contextOf(
  site: Site, more: Partial<Profile> = {}, name = 'A',
): ComposerContext & { readonly counts: Map<string, number> } {
  const counts = new Map<string, number>();
  return {
    site, counts, profile: { ...profileByName(name), ...more }, random: seededRandom('compose'),
    count: (word, by = 1) => void counts.set(word, (counts.get(word) ?? 0) + by),
  };
}

const frameOf = (offer: MessageOffer, profile: ProfileName): MessageFrame =>
  codecFor(profile).decode(offer.message.bytes).frame;
type Body<K extends string> = MessageFrame extends infer F ? F extends Record<K, infer V> ? V : never : never;
const body = <K extends string>(kind: K) => (offer: MessageOffer, profile: ProfileName = 'A'): Body<K> => {
  const frame = frameOf(offer, profile) as Record<string, unknown>;
  if (!(kind in frame)) throw new Error(`no ${kind}: ${Object.keys(frame).join()}`);
  return frame[kind] as Body<K>;
};
/** What the octets of an offer say, read by the codec. */
export const spatOf = body('spatFrame');
export const mapOf = body('mapFrame');
export const rsmOf = body('rsmFrame');
export const rsiOf = body('rsiFrame');

export const status: ControllerStatus = {
  mode: 'fixed-time', manualControl: false, stopTime: false, failureFlash: false,
  preempt: false, priority: false, fault: false, transition: false, plan: 1,
};

export const end = (
  atMs: number, source: TimingSource = 'controller-guarantee',
): TimedInstant => ({ atMs: monotonicMs(atMs), source });

export const timing = (more: Partial<StateTiming> = {}): StateTiming => ({
  beganMs: null, minEnd: null, likelyEnd: null, maxEnd: null, confidence: null,
  resolutionMs: 100, ...more,
});

/** Every group of the site red, but those named. */
export function stateOf(
  site: Site, atMs: number, groups: Readonly<Record<string, Partial<SignalGroupState>>> = {},
  more: Partial<SignalState> = {},
): SignalState {
  const { node, controllerId } = site.road.signalGroups[0]!;
  return {
    node, controllerId, valid: stamp(atMs), measured: stamp(atMs), received: stamp(atMs),
    periodMs: 100, availability: 'usable', status, evidence: [],
    groups: site.road.signalGroups.map(({ id }) => ({
      signalGroup: signalGroupId(id), aspect: { colour: 'red', flashing: false },
      rightOfWay: 'none', timing: null, next: null, ...groups[id],
    })),
    ...more,
  };
}

export const valid = { level: 'valid' as const, withheld: [], untimed: [] };

export function trackOf(
  atMs: number, number: number, eastM: number, northM: number, more: Partial<Track> = {},
): Track {
  const at = stamp(atMs);
  const speedMps = more.speedMps ?? 10;
  const headingRad = more.headingRad ?? 0;
  return {
    id: trackId('b', 1, number), cityId: cityTrackId(number), valid: at, measured: at,
    received: at, eastM, northM, upM: 0, eastMps: speedMps * Math.cos(headingRad),
    northMps: speedMps * Math.sin(headingRad), speedMps, headingRad, headingSigmaRad: 0.02,
    yawRateRadps: 0, accelerationMps2: 0,
    covariance: [0.04, 0, 0, 0, 0, 0.04, 0, 0, 0, 0, 0.01, 0, 0, 0, 0, 0.01],
    extent: { lengthM: 4.5, widthM: 1.8, heightM: 1.5 }, cls: 'car', classes: { car: 0.9 },
    existence: 0.95, unseen: 'seen', bornMs: monotonicMs(0), sensors: [sensorId('s')],
    kinds: ['radar'], laneId: null, ...more,
  };
}

export const listOf = (atMs: number, tracks: readonly Track[]): TrackList => ({
  tick: atMs, valid: stamp(atMs), newestReceivedMs: monotonicMs(atMs), tracks,
});

/** Every coverage zone looked at for every class, but those named. */
export const coverageOf = (site: Site, atMs: number, without: readonly string[] = []): Coverage => ({
  valid: stamp(atMs),
  zones: site.road.zones.filter(({ kind }) => kind === 'coverage').flatMap(({ id }) =>
    roadUserClasses.map((cls) => ({
      zoneId: zoneId(id), cls, sensors: without.includes(id) ? [] : [sensorId('s')],
    })),
  ),
});
