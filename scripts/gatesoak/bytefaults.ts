/** Faults that strike bytes: the encoder's, other senders', and the process itself. */
import { monotonicMs } from '../../src/base/time.ts';
import type { Random } from '../../src/base/random.ts';
import { readDatagram, writeFrame } from '../../drivers/signal-gbt20999/frame.ts';
import { siteNamed } from './sites.ts';
import type { SiteName } from './sites.ts';
import { codecFor } from '../../v2x/codec.ts';
import { Windows, Wire, watched } from './parts.ts';
import type { FaultRow } from './faults.ts';
import type { Injection, Look } from './run.ts';
import type { Parcel } from './box.ts';
import { aspects } from './truth.ts';

/** What bytefaults see of a SPAT before it is encoded. */
interface SpatValue {
  spatFrame?: {
    intersections: {
      intersectionId: { region: number; id: number };
      phases: {
        id: number;
        phaseStates: { light: string; timing?: { counting?: Record<string, number> } }[];
      }[];
    }[];
  };
  mapFrame?: { nodes: { inLinks?: { movements?: { phaseId?: number }[] }[] }[] };
}

const between = (low: number, high: number) => (random: Random): number =>
  low + random.below(high - low);

const coloured = (value: SpatValue): boolean =>
  value.spatFrame?.intersections.some(({ phases }) =>
    phases.some(({ phaseStates }) => phaseStates[0]!.light !== 'unavailable')) ?? false;

/** Changes a clone of a coloured SPAT's value within windows. */
function lying(
  random: Random, change: (value: SpatValue, random: Random) => boolean,
  look: (look: Look, tell: Parameters<NonNullable<Injection['look']>>[1]) => void,
): Injection {
  const windows = new Windows(random, between(100, 1200), between(8000, 40_000));
  let injected = 0;
  return {
    hooks: {
      encode(frame, write, atMs) {
        if (!coloured(frame as SpatValue) || !windows.active(atMs)) return write(frame);
        const changed = structuredClone(frame) as SpatValue;
        if (change(changed, random)) injected++;
        return write(changed);
      },
    },
    look,
    injected: () => injected,
  };
}

const wrongNode = (random: Random): Injection =>
  lying(random, ({ spatFrame }, draw) => {
    const { intersectionId } = spatFrame!.intersections[0]!;
    if (draw.below(2) === 0) intersectionId.id = (intersectionId.id + 1 + draw.below(200)) & 0xff;
    else intersectionId.region = 1 + draw.below(60_000);
    return true;
  }, ({ said, site }, tell) => {
    if (!said) return;
    const { frame } = codecFor('A').decode(said.bytes);
    const { id, region } = (frame as SpatValue).spatFrame!.intersections[0]!.intersectionId;
    const own = site.road.nodes[0]!.id;
    tell('no SPAT of another junction leaves', id === own.id && region === own.region);
  });

/** An unknown time said in the words of another edition. */
const wrongUnknown = (random: Random): Injection =>
  lying(random, ({ spatFrame }, draw) => {
    let done = false;
    for (const { phaseStates } of spatFrame!.intersections[0]!.phases) {
      const counting = phaseStates[0]!.timing?.counting;
      if (!counting || draw.below(2) === 0) continue;
      const names = ['minEndTime', 'maxEndTime', 'likelyEndTime']
        .filter((name) => name in counting);
      counting[names[draw.below(names.length)]!] = draw.below(3) === 0 ? 36_001 : 36_000;
      done = true;
    }
    return done;
  }, ({ said }, tell) => {
    if (!said) return;
    const over = [...said.phases.values()].some(({ minEnd, maxEnd, likelyEnd }) =>
      minEnd === 36_000 || maxEnd === 36_000 || likelyEnd === 36_000);
    tell('no time of over an hour is said where none is known', !over);
  });

/** The MAP names other phases than those that were pinned. */
function wrongMap(random: Random): Injection {
  const windows = new Windows(random, between(3000, 9000));
  const wrong = new Set<string>();
  let injected = 0;
  return {
    hooks: {
      encode(frame, write, atMs) {
        const { mapFrame } = frame as SpatValue;
        if (!mapFrame || !windows.active(atMs)) return write(frame);
        const changed = structuredClone(frame) as SpatValue;
        const named = changed.mapFrame!.nodes.flatMap(({ inLinks }) =>
          (inLinks ?? []).flatMap(({ movements }) => movements ?? []),
        ).filter(({ phaseId }) => phaseId !== undefined);
        const victim = named[random.below(Math.max(1, named.length))];
        if (!victim) return write(frame);
        victim.phaseId = (victim.phaseId! % 8) + 1;
        injected++;
        const bytes = write(changed);
        wrong.add(Buffer.from(bytes).toString('hex'));
        return bytes;
      },
    },
    look({ maps }, tell) {
      if (wrong.size === 0) return;
      const left = maps.some((bytes) => wrong.has(Buffer.from(bytes).toString('hex')));
      tell('no MAP with other phases leaves', !left);
      wrong.clear();
    },
    injected: () => injected,
  };
}

/** Names of the fields in which two decoded messages differ; the counter of messages apart. */
function differences(a: unknown, b: unknown, path = ''): string[] {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return a === b ? [] : [path];
  }
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) => differences(
    (a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key],
    /^\d+$/.test(key) ? path : `${path}.${key}`));
}

/** One bit of a SPAT flips between the encoder and the gate. */
function flipped(random: Random): Injection {
  const windows = new Windows(random, between(300, 1500), between(4000, 15_000));
  let injected = 0;
  let truly: Uint8Array | null = null;
  return {
    hooks: {
      encode(frame, write, atMs) {
        const bytes = write(frame);
        if (!coloured(frame as SpatValue) || !windows.active(atMs)) return bytes;
        truly = bytes.slice();
        const changed = bytes.slice();
        const bit = random.below(8 * bytes.length);
        changed[bit >> 3]! ^= 0x80 >> (bit & 7);
        injected++;
        return changed;
      },
    },
    look({ said }, tell) {
      if (!truly) return;
      const meant = codecFor('A').decode(truly).frame;
      const is = said?.coloured ? codecFor('A').decode(said.bytes).frame : null;
      const fields = is ? [...new Set(differences(meant, is))] : [];
      truly = null;
      const meaning = fields.filter((field) => field !== '.spatFrame.msgCnt');
      tell('a flip that changes meaning is blocked', meaning.length === 0, () => meaning.join(' '));
      const counts = fields.length > meaning.length;
      if (counts) tell('a flip of the counter of messages may pass (R21)', true);
    },
    injected: () => injected,
  };
}

/** Packets of another junction: beside ours from a second sender, or in our sender's place. */
function crossWired(random: Random, site: SiteName): Injection {
  const windows = new Windows(random, between(400, 4000));
  const wire = new Wire();
  let lastMs = Number.NEGATIVE_INFINITY;
  const past: Uint8Array[] = [];
  const stranger = (parcel: Parcel): Parcel => {
    past.push(parcel.data);
    if (past.length > 300) past.shift();
    const data = past[0]!;
    if (site === 'push') return { data, from: '127.0.0.1:7001', arrivesMs: parcel.arrivesMs + 1 };
    const [received] = readDatagram(parcel.data, monotonicMs(0));
    const frame = received?.frame;
    if (!frame) return parcel;
    return { ...parcel, data: writeFrame({ ...frame, controller: 99 }) };
  };
  return {
    hooks: watched(wire, () => false, {
      parcel(parcel, atMs) {
        const other = stranger(parcel);
        if (!windows.active(atMs)) return [parcel];
        lastMs = Math.max(lastMs, other.arrivesMs);
        return site === 'push' ? [parcel, other] : [other];
      },
    }),
    look({ atMs, said }, tell) {
      if (!windows.active(atMs)) return;
      const sinceMs = atMs - windows.fromMs;
      // A second sender is seen at once; foreign packets in place of ours are silence.
      const dueMs = site === 'push' ? 150 : 450;
      if (sinceMs >= dueMs && lastMs > windows.fromMs) {
        tell('unavailable while another junction speaks', !said?.coloured, () => `${sinceMs} ms`);
      }
    },
    injected: () => windows.count - 1,
  };
}

/** Yesterday's capture from another sender, while ours goes on. */
function replayed(random: Random): Injection {
  const windows = new Windows(random, between(500, 5000));
  const past: Uint8Array[] = [];
  return {
    hooks: {
      parcel(parcel, atMs) {
        past.push(parcel.data.slice());
        if (past.length > 700) past.shift();
        if (!windows.active(atMs)) return [parcel];
        const arrivesMs = parcel.arrivesMs + 40;
        return [parcel, { data: past[0]!, from: '127.0.0.1:7002', arrivesMs }];
      },
    },
    look({ atMs, said }, tell) {
      if (windows.active(atMs) && atMs - windows.fromMs > 200) {
        tell('unavailable while two senders speak', !said?.coloured);
      }
    },
    injected: () => windows.count - 1,
  };
}

/** The child is gone or mad: it offers old SPAT and junk over the process channel. */
function child(random: Random): Injection {
  const windows = new Windows(random, between(500, 5000));
  let old: Uint8Array | null = null;
  let injected = 0;
  return {
    hooks: {
      turn(box, atMs) {
        if (!windows.active(atMs) || !old) return;
        injected++;
        const bytes = old;
        const node = siteNamed('push').road.nodes[0]!.id;
        const types = ['SPAT', 'MAP', 'RSM', 'RSI'] as const;
        box.offer(types.map((type) => ({
          message: {
            bytes, type, profile: 'A', aid: 1, priority: 1, rsuIds: [], node,
            validUntilMs: monotonicMs(atMs + 300),
          },
          validMs: monotonicMs(atMs), newestReceivedMs: monotonicMs(atMs), participants: [],
        })));
      },
    },
    look({ said }) {
      if (said?.coloured && random.below(500) === 0) old = said.bytes;
    },
    injected: () => injected,
  };
}

/** The parent dies and starts anew, some times while a latch is set. */
function killed(random: Random): Injection {
  const windows = new Windows(random, between(100, 2500), between(30_000, 90_000));
  let done = 0;
  let injected = 0;
  let wasLatched = false;
  let restartedMs = Number.NaN;
  let saidUnavailable = true;
  const latching = (): boolean => windows.count % 3 === 0;
  return {
    hooks: {
      picture(picture, atMs) {
        // Every third time a conflict of half a second comes before.
        if (!latching() || windows.active(atMs)) return;
        if (windows.fromMs - atMs > 600 || atMs > windows.fromMs) return;
        for (const lamp of picture.lamps) lamp.aspect = aspects.green;
      },
      turn(box, atMs) {
        if (!windows.active(atMs) || done === windows.count) return;
        done = windows.count;
        injected++;
        wasLatched = box.latched();
        box.restart();
        restartedMs = atMs;
        saidUnavailable = false;
      },
    },
    look({ atMs, said, box }, tell) {
      if (Number.isNaN(restartedMs)) return;
      if (atMs === restartedMs) {
        const fine = said !== null && !said.coloured;
        tell('the first SPAT after a start is unavailable, at once', fine);
        if (wasLatched) tell('a latch survives', box.latched());
      }
      if (said && !said.coloured) saidUnavailable = true;
      if (said?.coloured) tell('no colours before unavailable was said', saidUnavailable);
      if (atMs - restartedMs < 150) tell('no colours before three frames', !said?.coloured);
    },
    injected: () => injected,
  };
}

export const byteRows: readonly FaultRow[] = [
  {
    id: 'F44', what: 'SPAT of another junction',
    inject: 'region or id in the encoded value is changed',
    expected: 'never leaves; unavailable in its place', sites: ['push', 'poll'], make: wrongNode,
  },
  {
    id: 'F45', what: 'MAP with other phases',
    inject: 'a phase of a movement is changed before encoding',
    expected: 'never leaves', sites: ['push'], make: wrongMap, box: { mapEveryS: 1 },
  },
  {
    id: 'F46', what: 'unknown time of another edition',
    inject: 'ends of 36000 or 36001 where others are known',
    expected: 'no 36000 leaves', sites: ['push'], make: wrongUnknown,
  },
  {
    id: 'F47', what: 'cross-wired feed',
    inject: 'packets of another controller, beside ours or instead',
    expected: 'unavailable', sites: ['push', 'poll'], make: crossWired,
  },
  {
    id: 'F48', what: 'replay of an old capture', inject: 'old packets from a second sender',
    expected: 'unavailable', sites: ['push'], make: replayed,
  },
  {
    id: 'F50', what: 'encoder bug or memory fault',
    inject: 'one bit of each SPAT flips before the gate',
    expected: 'every flip that changes meaning is blocked', sites: ['push', 'poll'], make: flipped,
  },
  {
    id: 'F51', what: 'child hangs, dies or goes mad', inject: 'it offers old SPAT as any type',
    expected: 'SPAT goes on unchanged', sites: ['push'], make: child,
  },
  {
    id: 'F52', what: 'parent killed', inject: 'the loop starts anew, a third of the times latched',
    expected: 'unavailable first and at once; latches stay', sites: ['push'], make: killed,
  },
];
