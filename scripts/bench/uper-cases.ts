/** The messages that the codec is timed with. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { codecFor } from '../../v2x/codec.ts';
import type { ProfileName } from '../../v2x/codec.ts';
import type { MessageFrame } from '../../v2x/schemas/frame.ts';

/** One named message. */
export interface UperCase {
  readonly name: string;
  readonly profile: ProfileName;
  readonly value: MessageFrame;
  readonly octets: Uint8Array;
}

/** A SPAT of twelve phases and an RSM of sixteen participants with every optional. */
function ownCases(): readonly UperCase[] {
  const counting = { startTime: 0, minEndTime: 120, maxEndTime: 300, likelyEndTime: 200 };
  const state = { light: 'protected-green' as const, timing: { counting } };
  const spat: MessageFrame = {
    spatFrame: {
      msgCnt: 0,
      moy: 1,
      timeStamp: 2,
      intersections: [{
        intersectionId: { region: 1, id: 2 },
        status: '0000010000000000',
        phases: Array.from({ length: 12 }, (_, id) => ({ id: id + 1, phaseStates: [state] })),
      }],
    },
  };
  const participant = {
    ptcType: 'motor' as const, ptcId: 1, source: 'integrated' as const, id: '0011223344556677',
    secMark: 1000, pos: { offsetLL: { 'position-LL4': { lon: 1, lat: 2 } } },
    posConfidence: { pos: 'a1m' as const }, speed: 500, heading: 7200,
    size: { width: 180, length: 480, height: 30 }, vehicleClass: { classification: 10 },
  };
  const rsm: MessageFrame = {
    rsmFrame: {
      msgCnt: 0, id: '0011223344556677', refPos: { lat: 399764645, long: 1163509503 },
      participants: Array.from({ length: 16 }, (_, ptcId) => ({ ...participant, ptcId })),
    },
  };
  const row = (name: string, value: MessageFrame): UperCase =>
    ({ name, profile: 'A', value, octets: codecFor('A').encode(value) });
  return [row('own-spat-12phase', spat), row('own-rsm-16', rsm)];
}

/** The named vectors beside the project, or two messages of our own where that folder is absent. */
export function uperCases(): readonly UperCase[] {
  // From the sources and from `dist/scripts/bench`.
  const path = ['../../../shared/', '../../../../shared/']
    .map((folder) => fileURLToPath(new URL(`${folder}vectors/uper-vectors.json`, import.meta.url)))
    .find(existsSync);
  if (path === undefined) return ownCases();
  const file = JSON.parse(readFileSync(path, 'utf8')) as {
    vectors: (Omit<UperCase, 'octets'> & { readonly hex: string })[];
  };
  return file.vectors.map(({ name, profile, value, hex }) => {
    const octets = fromHex(hex);
    if (toHex(codecFor(profile).encode(value)) !== hex) throw new Error(`${name}: other octets`);
    return { name, profile, value, octets };
  });
}
