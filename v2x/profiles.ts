import { assert } from '../src/base/assert.ts';
import type { AirKindName, AirSettings } from '../src/model/air.ts';
import type { LampAspect, RightOfWay } from '../src/model/signal.ts';
import type { Site } from '../src/model/site.ts';
import { codecFor } from './codec.ts';
import { createMapComposer } from './compose/map.ts';
import { createRsiComposer } from './compose/rsi.ts';
import { createRsmComposer } from './compose/rsm.ts';
import { createSsmComposer } from './compose/ssm.ts';
import { createSpatComposer } from './compose/spat.ts';
import type { AirClass, Profile } from './profile.ts';

/** Lamp → light state of the Chinese set. */
function chineseLight({ colour, flashing }: LampAspect, rightOfWay: RightOfWay): string {
  switch (colour) {
    case 'green':
      if (flashing) return 'flashing-green';
      return rightOfWay === 'permissive' ? 'permissive-green' : 'protected-green';
    case 'yellow':
      return flashing ? 'flashing-yellow' : 'yellow';
    case 'red':
      return flashing ? 'flashing-red' : 'red';
    case 'red-yellow':
      return 'red'; // still forbids; the standard has no word for the pair
    case 'dark':
      return 'dark';
    case 'unknown':
      return 'unavailable';
  }
}

/** The row that the rows of one family share; each names its schemas. */
function chinese(name: 'A' | 'B' | 'P2' | 'D2'): Profile {
  return {
    name,
    encode: (frame) => codecFor(name).encode(frame as never),
    composers: {
      spat: createSpatComposer,
      map: createMapComposer,
      rsm: createRsmComposer,
      rsi: createRsiComposer,
      // Phase 1 has no such message.
      ...(name === 'P2' || name === 'D2' ? { ssm: createSsmComposer } : {}),
    },
    light: chineseLight,
    times: {
      unitMs: 100,
      unknown: 36_001,
      overMaximum: 36_000,
      form: 'counting',
      atColourOnly: 'left-out',
    },
    msgCnt: 'every-message',
    // Application ids and priorities of the RSU requirement built on YD/T 3709-2020.
    air: {
      SPAT: { aid: 3619, priority: 176 },
      MAP: { aid: 3618, priority: 16 },
      RSM: { aid: 3623, priority: 208 },
      // One vendor's choice for phase 2 (unverified).
      SSM: { aid: 23, priority: 223 },
      RSI: {
        static: { aid: 3620, priority: 48 },
        semiStatic: { aid: 3621, priority: 80 },
        dynamic: { aid: 3622, priority: 112 },
      },
    },
    // No public text gives a limit; 1300 leaves room for the signature (unverified).
    sizeMaxOctets: 1300,
    participantsMax: 16,
    connectionsMax: name === 'A' || name === 'P2' ? 16 : 8,
    airIdMax: 65_535,
    idRestMs: 10_000,
    pathPointsMin: name === 'A' || name === 'P2' ? 1 : 2,
  };
}

/** Every profile, one row each. */
export const profiles: readonly Profile[] = (['A', 'B', 'P2', 'D2'] as const).map(chinese);

/** The profile of a site. The checker has refused unknown names. */
export function profileByName(name: string, rows: readonly Profile[] = profiles): Profile {
  const profile = rows.find((row) => row.name === name);
  assert(profile, `unknown profile ${name}`);
  return profile;
}

/** Ids of the strict profile of roadside units: up to 255, free again after 3 s (rule R34). */
const strictIds = { airIdMax: 255, idRestMs: 3000 } as const;

/** Times of a profile as a site wants them said. */
const timesOf = (
  own: Profile['times'], { spatTimes, spatAtColourOnly }: AirSettings,
): Profile['times'] => ({
  ...own,
  form: spatTimes === 'profile' ? own.form : spatTimes,
  atColourOnly: spatAtColourOnly === 'profile' ? own.atColourOnly : spatAtColourOnly,
});

/** The profile of a site with what the site sets of it: ids, application ids, priorities. */
export function profileOfSite(site: Site, rows: readonly Profile[] = profiles): Profile {
  const profile = profileByName(site.profile, rows);
  const rank = (kind: AirKindName, own: AirClass): AirClass => {
    const row = site.air.ranks.find((set) => set.kind === kind);
    return row ? { aid: row.aid, priority: row.priority } : own;
  };
  const { SPAT, MAP, RSM, SSM, RSI } = profile.air;
  return {
    ...profile,
    ...(site.air.ids === 'strict' ? strictIds : {}),
    times: timesOf(profile.times, site.air),
    air: {
      SPAT: rank('SPAT', SPAT),
      MAP: rank('MAP', MAP),
      RSM: rank('RSM', RSM),
      ...(SSM ? { SSM: rank('SSM', SSM) } : {}),
      RSI: {
        static: rank('RSI-static', RSI.static),
        semiStatic: rank('RSI-semi-static', RSI.semiStatic),
        dynamic: rank('RSI-dynamic', RSI.dynamic),
      },
    },
  };
}
