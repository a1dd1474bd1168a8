/**
 * The decoded frames as the composer of T/ITS 0117 reads them: the JSON form of the codec (names
 * of ASN.1, whole numbers, `{ alternative: value }`), as far as it is used here.
 */

/** `{ alternative: value }`. */
export type Choice<T> = Readonly<Record<string, T>>;
export interface Point { readonly lat: number; readonly long: number; readonly elevation?: number }
export interface Offset {
  readonly offsetLL: Choice<{ readonly lon: number; readonly lat: number }>;
  readonly offsetV?: Choice<number>;
}
export interface Node { readonly region?: number; readonly id: number }

export interface Participant {
  readonly ptcType: string;
  readonly ptcId: number;
  readonly source: string;
  readonly secMark: number;
  readonly pos: Offset;
  readonly posConfidence: { readonly pos: string };
  readonly speed: number;
  readonly heading: number;
  readonly size: { readonly width: number; readonly length: number; readonly height?: number };
}
export interface Rsm { readonly refPos: Point; readonly participants: readonly Participant[] }

export interface PhaseState {
  readonly light: string;
  readonly timing?: Choice<Readonly<Record<string, number>>>;
}
export interface Intersection {
  readonly intersectionId: Node;
  readonly status: string;
  readonly moy?: number;
  readonly timeStamp?: number;
  readonly phases: readonly { readonly id: number; readonly phaseStates: readonly PhaseState[] }[];
}
export interface Spat {
  readonly moy?: number;
  readonly timeStamp?: number;
  readonly name?: string;
  readonly intersections: readonly Intersection[];
}

interface Told {
  readonly description?: Choice<string>;
  readonly timeDetails?: { readonly startTime?: number };
  readonly priority?: string;
  readonly referencePaths?: readonly {
    readonly activePath: readonly Offset[]; readonly pathRadius: number;
  }[];
}
export interface RsiEvent extends Told {
  readonly rteId: number;
  readonly eventType: number;
  readonly eventSource: string;
  readonly eventPos?: Offset;
  readonly eventRadius?: number;
  readonly eventConfidence?: number;
}
export interface RsiSign extends Told {
  readonly rtsId: number;
  readonly signType: number;
  readonly signPos?: Offset;
}
export interface Rsi {
  readonly moy?: number;
  readonly refPos: Point;
  readonly rtes?: readonly RsiEvent[];
  readonly rtss?: readonly RsiSign[];
}
export interface MapFrame { readonly nodes: readonly { readonly id: Node }[] }

/** One message of any type. */
export type Frame =
  | { readonly rsmFrame: Rsm }
  | { readonly spatFrame: Spat }
  | { readonly rsiFrame: Rsi }
  | { readonly mapFrame: MapFrame };

/** `height` 0.1 m above the ellipsoid; this value says that it is not known. */
export const NO_ELEVATION = -4096;
/** The lowest value of each form of a height offset says that it is not known. */
const noOffset: Readonly<Record<string, number>> = {
  offset1: -64, offset2: -128, offset3: -256, offset4: -512, offset5: -1024, offset6: -2048,
};

/** A position on the earth, 1e-7 degree and 0.1 m. */
export interface Place { readonly lat: number; readonly lon: number; readonly ele?: number }

const withHeight = (place: Place, ele: number | null): Place =>
  ele === null || ele === NO_ELEVATION ? place : { ...place, ele };

export const placeOf = ({ lat, long, elevation }: Point): Place =>
  withHeight({ lat, lon: long }, elevation ?? null);

/** An offset made absolute. */
export function absolute(from: Point, { offsetLL, offsetV }: Offset): Place {
  const [[form, { lon, lat }]] = Object.entries(offsetLL) as [[string, { lon: number; lat: number }]];
  const flat = form === 'position-LatLon' ? { lat, lon } : { lat: from.lat + lat, lon: from.long + lon };
  const [row] = Object.entries(offsetV ?? {});
  if (!row) return withHeight(flat, null);
  const [heightForm, height] = row;
  if (heightForm === 'elevation') return withHeight(flat, height);
  const base = from.elevation ?? NO_ELEVATION;
  const known = base !== NO_ELEVATION && height !== noOffset[heightForm];
  return withHeight(flat, known ? base + height : null);
}
