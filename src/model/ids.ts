/** Distinct kinds of identifier; the compiler keeps them apart. */
type Brand<T, Name extends string> = T & { readonly __id: Name };

/** Name of a sensor in site.json. */
export type SensorId = Brand<string, 'sensor'>;
/** Name of a signal controller in road.json. */
export type ControllerId = Brand<string, 'controller'>;
/** Name of a roadside unit in road.json. */
export type RsuId = Brand<string, 'rsu'>;
/** Name of a cloud in site.json. */
export type CloudId = Brand<string, 'cloud'>;
/** Name of a link (a directed road section that ends at a node) in road.json. */
export type LinkId = Brand<string, 'link'>;
/** Name of a lane in road.json. */
export type LaneId = Brand<string, 'lane'>;
/** Name of a movement (lane → link) in road.json. */
export type MovementId = Brand<string, 'movement'>;
/** Name of a zone in road.json. */
export type ZoneId = Brand<string, 'zone'>;
/** A lamp group as the controller names it: `3`, `phase:2`, `overlap:1`. */
export type LampGroupId = Brand<string, 'lamp-group'>;
/** Name of a signal group (our noun) in road.json. */
export type SignalGroupId = Brand<string, 'signal-group'>;
/** Number of a phase on air: 1..16 per node in the default profile. */
export type PhaseNumber = Brand<number, 'phase'>;
/** Internal track: box, boot and counter; never leaves the box as such. */
export type TrackId = Brand<string, 'track'>;
/** The id that the city sees: 1..65535, stable for a track's life. */
export type CityTrackId = Brand<number, 'city-track'>;
/** The id on air: 1..ceiling of the profile. */
export type AirId = Brand<number, 'air'>;

/** A node of the road network: a junction, ramp or plain point, unique with its region. */
export interface NodeId {
  readonly region: number;
  readonly id: number;
}

export const sensorId = (value: string): SensorId => value as SensorId;
export const controllerId = (value: string): ControllerId => value as ControllerId;
export const rsuId = (value: string): RsuId => value as RsuId;
export const cloudId = (value: string): CloudId => value as CloudId;
export const linkId = (value: string): LinkId => value as LinkId;
export const laneId = (value: string): LaneId => value as LaneId;
export const movementId = (value: string): MovementId => value as MovementId;
export const zoneId = (value: string): ZoneId => value as ZoneId;
export const lampGroupId = (value: string): LampGroupId => value as LampGroupId;
export const signalGroupId = (value: string): SignalGroupId => value as SignalGroupId;
export const cityTrackId = (value: number): CityTrackId => value as CityTrackId;
export const airId = (value: number): AirId => value as AirId;
/** Internal track id of the `counter`-th track since this boot of this box. */
export const trackId = (box: string, boot: string | number, counter: number): TrackId =>
  `${box}/${boot}/${counter}` as TrackId;

/** A node as text, for maps and messages: `region-id`. */
export const nodeKey = (node: NodeId): string => `${node.region}-${node.id}`;
