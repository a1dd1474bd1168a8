/**
 * Target list, body version 2: port header of 24 octets, list header of 8, 56 octets a target.
 * Source: the vendor's public ROS driver; the device time is seconds since its start in 32.32
 * fixed point, and the cross-section is in square metres, as 16 537 targets of a capture show.
 */
import { frameLayout } from '../layout.ts';

export const portHeader = frameLayout({
  name: 'portHeader',
  bytes: 24,
  fields: {
    port: { at: 0, bits: 32 },
    interfaceMajor: { at: 32, bits: 16 },
    interfaceMinor: { at: 48, bits: 16 },
    deviceS: { at: 64, bits: 32 },
    deviceFraction: { at: 96, bits: 32, scale: 2 ** -32 },
    size: { at: 128, bits: 32 },
    bodyOrder: { at: 160, bits: 8 },
    portIndex: { at: 168, bits: 8 },
    headerMajor: { at: 176, bits: 8 },
    headerMinor: { at: 184, bits: 8 },
  },
});

export const TARGET_PORT = 66;
export const LIST_VERSION = 2;
/** The mark of a big-endian body. */
export const BIG_ENDIAN = 1;
export const LIST_HEADER = 8;
export const TARGET_OCTETS = 56;

/** Places of the floats in one target. */
export const targetOffsets = {
  rangeM: 0, rangeRateMps: 4, azimuthRad: 8, elevationRad: 12, crossSectionM2: 32, powerDb: 44,
  noiseDb: 48,
} as const;

/** Why a message on a data port gave no list, or a target no detection. */
export type ListDrop =
  | 'port_header' | 'port_unknown' | 'list_version' | 'body_order' | 'body_length'
  | 'target_invalid';

/** One list; each array holds `count` numbers. */
export interface TargetList {
  readonly count: number;
  /** Seconds since the device's start. */
  readonly deviceS: number;
  readonly cycleS: number;
  readonly rangeM: Float64Array;
  /** Positive when it goes away. */
  readonly rangeRateMps: Float64Array;
  readonly azimuthRad: Float64Array;
  readonly elevationRad: Float64Array;
  readonly crossSectionDbsm: Float64Array;
  readonly signalToNoiseDb: Float64Array;
  /** Targets left out because a number in them cannot be. */
  readonly invalid: number;
}

export type ListResult =
  | { readonly list: TargetList; readonly dropped?: undefined }
  | { readonly list?: undefined; readonly dropped: ListDrop };

const plausible = (rangeM: number, rateMps: number, azimuthRad: number, other: number): boolean =>
  rangeM > 0 && rangeM <= 1000 && Math.abs(rateMps) <= 150 && Math.abs(azimuthRad) <= Math.PI &&
  Number.isFinite(other);

/** Reads the payload of a data port; never throws. */
export function readTargetList(payload: Uint8Array): ListResult {
  if (payload.length < portHeader.bytes) return { dropped: 'port_header' };
  const header = portHeader.read(payload);
  if (header.port !== TARGET_PORT) return { dropped: 'port_unknown' };
  if (header.headerMajor !== LIST_VERSION || header.interfaceMajor !== 1) {
    return { dropped: 'list_version' };
  }
  if (header.bodyOrder !== BIG_ENDIAN) return { dropped: 'body_order' };
  const bodyAt = portHeader.bytes;
  if (header.size !== payload.length || payload.length < bodyAt + LIST_HEADER) {
    return { dropped: 'body_length' };
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const announced = view.getUint16(bodyAt + 4);
  if (payload.length !== bodyAt + LIST_HEADER + announced * TARGET_OCTETS) {
    return { dropped: 'body_length' };
  }
  const deviceS = header.deviceS + header.deviceFraction;
  const cycleS = view.getFloat32(bodyAt);
  return { list: readTargets(view, bodyAt + LIST_HEADER, announced, deviceS, cycleS) };
}

function readTargets(
  view: DataView, from: number, announced: number, deviceS: number, cycleS: number,
): TargetList {
  const column = (): Float64Array => new Float64Array(announced);
  const rangeM = column();
  const rangeRateMps = column();
  const azimuthRad = column();
  const elevationRad = column();
  const crossSectionDbsm = column();
  const signalToNoiseDb = column();
  let count = 0;
  for (let index = 0; index < announced; index++) {
    const at = from + index * TARGET_OCTETS;
    const range = view.getFloat32(at + targetOffsets.rangeM);
    const rate = view.getFloat32(at + targetOffsets.rangeRateMps);
    const azimuth = view.getFloat32(at + targetOffsets.azimuthRad);
    const elevation = view.getFloat32(at + targetOffsets.elevationRad);
    const crossSectionM2 = view.getFloat32(at + targetOffsets.crossSectionM2);
    const power = view.getFloat32(at + targetOffsets.powerDb);
    const noise = view.getFloat32(at + targetOffsets.noiseDb);
    if (!plausible(range, rate, azimuth, elevation + crossSectionM2 + power + noise)) continue;
    rangeM[count] = range;
    rangeRateMps[count] = rate;
    azimuthRad[count] = azimuth;
    elevationRad[count] = elevation;
    crossSectionDbsm[count] = 10 * Math.log10(Math.max(crossSectionM2, 1e-6));
    signalToNoiseDb[count] = power - noise;
    count++;
  }
  return {
    count, deviceS, cycleS, rangeM, rangeRateMps, azimuthRad, elevationRad, crossSectionDbsm,
    signalToNoiseDb, invalid: announced - count,
  };
}
