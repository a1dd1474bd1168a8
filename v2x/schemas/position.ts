/**
 * Positions, offsets from a reference position, and their confidence. Source: T/CSAE 53-2020,
 * ASN.1.
 */
import { choice, enumerated, integer, named, optional, sequence } from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';

/** DE_Latitude: 1e-7 deg, north +; 900000001 = unavailable. */
export const latitude = named(
  'Latitude',
  integer(-900000000, 900000001, { unit: 'deg', step: 1e-7, unavailable: 900000001 }),
);
export type Latitude = ValueOf<typeof latitude>;

/** DE_Longitude: 1e-7 deg, east +; 1800000001 = unavailable. */
export const longitude = named(
  'Longitude',
  integer(-1799999999, 1800000001, { unit: 'deg', step: 1e-7, unavailable: 1800000001 }),
);
export type Longitude = ValueOf<typeof longitude>;

/** DE_Elevation: 0.1 m above ellipsoid; −4096 = unknown. */
export const elevation = named(
  'Elevation',
  integer(-4096, 61439, { unit: 'm', step: 0.1, unavailable: -4096 }),
);
export type Elevation = ValueOf<typeof elevation>;

/** DF_Position3D: no marker; field order lat, long (offset structs use lon, lat). */
export const position3D = sequence('Position3D', {
  lat: latitude,
  long: longitude,
  elevation: optional(elevation),
});
export type Position3D = ValueOf<typeof position3D>;

/** DE_PositionConfidence. */
export const positionConfidence = named('PositionConfidence', enumerated([
  'unavailable', 'a500m', 'a200m', 'a100m', 'a50m', 'a20m', 'a10m', 'a5m', 'a2m', 'a1m', 'a50cm',
  'a20cm', 'a10cm', 'a5cm', 'a2cm', 'a1cm',
]));
export type PositionConfidence = ValueOf<typeof positionConfidence>;

/** DE_ElevationConfidence. */
export const elevationConfidence = named('ElevationConfidence', enumerated([
  'unavailable', 'elev-500-00', 'elev-200-00', 'elev-100-00', 'elev-050-00', 'elev-020-00',
  'elev-010-00', 'elev-005-00', 'elev-002-00', 'elev-001-00', 'elev-000-50', 'elev-000-20',
  'elev-000-10', 'elev-000-05', 'elev-000-02', 'elev-000-01',
]));
export type ElevationConfidence = ValueOf<typeof elevationConfidence>;

/** DF_PositionConfidenceSet: no marker. */
export const positionConfidenceSet = sequence('PositionConfidenceSet', {
  pos: positionConfidence,
  elevation: optional(elevationConfidence),
});
export type PositionConfidenceSet = ValueOf<typeof positionConfidenceSet>;

/** DE_SemiMajorAxisAccuracy: 0.05 m; 254 = ≥12.70 m; 255 = n/a. */
export const semiMajorAxisAccuracy = named(
  'SemiMajorAxisAccuracy',
  integer(0, 255, { unit: 'm', step: 0.05, unavailable: 255 }),
);
export type SemiMajorAxisAccuracy = ValueOf<typeof semiMajorAxisAccuracy>;

/** DE_SemiMinorAxisAccuracy: same. */
export const semiMinorAxisAccuracy = named(
  'SemiMinorAxisAccuracy',
  integer(0, 255, { unit: 'm', step: 0.05, unavailable: 255 }),
);
export type SemiMinorAxisAccuracy = ValueOf<typeof semiMinorAxisAccuracy>;

/** DE_SemiMajorAxisOrientation: 360/65535 deg from north; 65535 = n/a. */
export const semiMajorAxisOrientation = named(
  'SemiMajorAxisOrientation',
  integer(0, 65535, { unit: 'deg', step: 360 / 65535, unavailable: 65535 }),
);
export type SemiMajorAxisOrientation = ValueOf<typeof semiMajorAxisOrientation>;

/** DF_PositionalAccuracy: no marker. */
export const positionalAccuracy = sequence('PositionalAccuracy', {
  semiMajor: semiMajorAxisAccuracy,
  semiMinor: semiMinorAxisAccuracy,
  orientation: semiMajorAxisOrientation,
});
export type PositionalAccuracy = ValueOf<typeof positionalAccuracy>;

/** DE_OffsetLL-B12: 1e-7 deg; ±22.6 m at equator. */
export const offsetLLB12 = named('OffsetLL-B12', integer(-2048, 2047, { unit: 'deg', step: 1e-7 }));
export type OffsetLLB12 = ValueOf<typeof offsetLLB12>;

/** DF_Position-LL-24B. */
export const positionLL24B = sequence('Position-LL-24B', {
  lon: offsetLLB12,
  lat: offsetLLB12,
});
export type PositionLL24B = ValueOf<typeof positionLL24B>;

/** DE_OffsetLL-B14: 1e-7 deg; ±90.6 m. */
export const offsetLLB14 = named('OffsetLL-B14', integer(-8192, 8191, { unit: 'deg', step: 1e-7 }));
export type OffsetLLB14 = ValueOf<typeof offsetLLB14>;

/** DF_Position-LL-28B. */
export const positionLL28B = sequence('Position-LL-28B', {
  lon: offsetLLB14,
  lat: offsetLLB14,
});
export type PositionLL28B = ValueOf<typeof positionLL28B>;

/** DE_OffsetLL-B16: 1e-7 deg; ±362 m. */
export const offsetLLB16 = named(
  'OffsetLL-B16',
  integer(-32768, 32767, { unit: 'deg', step: 1e-7 }),
);
export type OffsetLLB16 = ValueOf<typeof offsetLLB16>;

/** DF_Position-LL-32B. */
export const positionLL32B = sequence('Position-LL-32B', {
  lon: offsetLLB16,
  lat: offsetLLB16,
});
export type PositionLL32B = ValueOf<typeof positionLL32B>;

/** DE_OffsetLL-B18: 1e-7 deg; ±1.449 km. */
export const offsetLLB18 = named(
  'OffsetLL-B18',
  integer(-131072, 131071, { unit: 'deg', step: 1e-7 }),
);
export type OffsetLLB18 = ValueOf<typeof offsetLLB18>;

/** DF_Position-LL-36B. */
export const positionLL36B = sequence('Position-LL-36B', {
  lon: offsetLLB18,
  lat: offsetLLB18,
});
export type PositionLL36B = ValueOf<typeof positionLL36B>;

/** DE_OffsetLL-B22: 1e-7 deg; ±23.2 km. */
export const offsetLLB22 = named(
  'OffsetLL-B22',
  integer(-2097152, 2097151, { unit: 'deg', step: 1e-7 }),
);
export type OffsetLLB22 = ValueOf<typeof offsetLLB22>;

/** DF_Position-LL-44B. */
export const positionLL44B = sequence('Position-LL-44B', {
  lon: offsetLLB22,
  lat: offsetLLB22,
});
export type PositionLL44B = ValueOf<typeof positionLL44B>;

/** DE_OffsetLL-B24: 1e-7 deg; ±92.8 km. */
export const offsetLLB24 = named(
  'OffsetLL-B24',
  integer(-8388608, 8388607, { unit: 'deg', step: 1e-7 }),
);
export type OffsetLLB24 = ValueOf<typeof offsetLLB24>;

/** DF_Position-LL-48B. */
export const positionLL48B = sequence('Position-LL-48B', {
  lon: offsetLLB24,
  lat: offsetLLB24,
});
export type PositionLL48B = ValueOf<typeof positionLL48B>;

/** DF_Position-LLmD-64b: absolute, not an offset. */
export const positionLLmD64b = sequence('Position-LLmD-64b', {
  lon: longitude,
  lat: latitude,
});
export type PositionLLmD64b = ValueOf<typeof positionLLmD64b>;

/**
 * DF_PositionOffsetLL: no extension marker; offset = true − reference; pick the smallest that
 * fits.
 */
export const positionOffsetLL = named('PositionOffsetLL', choice({
  'position-LL1': positionLL24B,
  'position-LL2': positionLL28B,
  'position-LL3': positionLL32B,
  'position-LL4': positionLL36B,
  'position-LL5': positionLL44B,
  'position-LL6': positionLL48B,
  'position-LatLon': positionLLmD64b,
}));
export type PositionOffsetLL = ValueOf<typeof positionOffsetLL>;

/** DE_VertOffset-B07: 0.1 m; −64 = n/a; clamps at ±63. */
export const vertOffsetB07 = named(
  'VertOffset-B07',
  integer(-64, 63, { unit: 'm', step: 0.1, unavailable: -64 }),
);
export type VertOffsetB07 = ValueOf<typeof vertOffsetB07>;

/** DE_VertOffset-B08: 0.1 m; −128 n/a. */
export const vertOffsetB08 = named(
  'VertOffset-B08',
  integer(-128, 127, { unit: 'm', step: 0.1, unavailable: -128 }),
);
export type VertOffsetB08 = ValueOf<typeof vertOffsetB08>;

/** DE_VertOffset-B09: 0.1 m; −256 n/a. */
export const vertOffsetB09 = named(
  'VertOffset-B09',
  integer(-256, 255, { unit: 'm', step: 0.1, unavailable: -256 }),
);
export type VertOffsetB09 = ValueOf<typeof vertOffsetB09>;

/** DE_VertOffset-B10: 0.1 m; −512 n/a. */
export const vertOffsetB10 = named(
  'VertOffset-B10',
  integer(-512, 511, { unit: 'm', step: 0.1, unavailable: -512 }),
);
export type VertOffsetB10 = ValueOf<typeof vertOffsetB10>;

/** DE_VertOffset-B11: 0.1 m; −1024 n/a. */
export const vertOffsetB11 = named(
  'VertOffset-B11',
  integer(-1024, 1023, { unit: 'm', step: 0.1, unavailable: -1024 }),
);
export type VertOffsetB11 = ValueOf<typeof vertOffsetB11>;

/** DE_VertOffset-B12: 0.1 m; −2048 n/a. */
export const vertOffsetB12 = named(
  'VertOffset-B12',
  integer(-2048, 2047, { unit: 'm', step: 0.1, unavailable: -2048 }),
);
export type VertOffsetB12 = ValueOf<typeof vertOffsetB12>;

/** DF_VerticalOffset: no extension marker; elevation alternative is absolute. */
export const verticalOffset = named('VerticalOffset', choice({
  offset1: vertOffsetB07,
  offset2: vertOffsetB08,
  offset3: vertOffsetB09,
  offset4: vertOffsetB10,
  offset5: vertOffsetB11,
  offset6: vertOffsetB12,
  elevation: elevation,
}));
export type VerticalOffset = ValueOf<typeof verticalOffset>;

/** DF_PositionOffsetLLV: no marker. */
export const positionOffsetLLV = sequence('PositionOffsetLLV', {
  offsetLL: positionOffsetLL,
  offsetV: optional(verticalOffset),
});
export type PositionOffsetLLV = ValueOf<typeof positionOffsetLLV>;
