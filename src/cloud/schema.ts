/**
 * The bodies that we send by T/ITS 0180.1-2021, as tables: 1.5 to 1.10, lamp form B. The number of
 * a row is its number in the standard's own table and its field number in protobuf; members of
 * ours count from 100 ([R1], [R10]). The standard gives no .proto: `docs/rscu.proto` is printed
 * from here and must be handed to the platform.
 */

/** Types by the standard's words. `reserved`: its element is not defined, so it is never sent. */
export type ScalarType = 'Long' | 'Integer' | 'Double' | 'String' | 'Boolean' | 'ENUMERATED';
export type RowType =
  | ScalarType
  | 'reserved'
  /** An enumeration that JSON spells by its words ([R22]); the index goes on the wire. */
  | { readonly words: readonly string[] }
  | { readonly list: Table | 'Integer' }
  | { readonly one: Table };

/** One row: number, member, mandatory or optional, type. */
export type Row = readonly [number: number, name: string, presence: 'M' | 'O', type: RowType];

/** One table of the standard. */
export interface Table {
  /** Message name in the .proto; the standard has none. */
  readonly name: string;
  readonly source: string;
  readonly rows: readonly Row[];
  readonly byName: ReadonlyMap<string, Row>;
}

function table(name: string, source: string, rows: readonly Row[]): Table {
  return { name, source, rows, byName: new Map(rows.map((row) => [row[1], row])) };
}

const place = (first: number, presence: 'M' | 'O' = 'O'): readonly Row[] => [
  [first, 'longitude', presence, 'Double'],
  [first + 1, 'latitude', presence, 'Double'],
  [first + 2, 'elevation', 'O', 'Double'],
];
/** The first tables name the latitude before the longitude. */
const latitudeFirst = (first: number): readonly Row[] => [
  [first, 'latitude', 'O', 'Double'],
  [first + 1, 'longitude', 'O', 'Double'],
  [first + 2, 'elevation', 'O', 'Double'],
];

const rsu = table('Rsu', '1.5 rsulist[]', [
  [1, 'rsuSn', 'M', 'String'],
  [2, 'deviceType', 'M', 'Integer'],
  [3, 'version', 'O', 'String'],
  ...latitudeFirst(4),
  [7, 'crossId', 'O', 'String'],
  [8, 'crossType', 'O', 'Integer'],
  [9, 'crossName', 'O', 'String'],
  [10, 'linkName', 'O', 'String'],
  [11, 'linkId', 'O', 'Integer'],
  [12, 'config', 'O', 'reserved'],
]);

const sensor = table('Sensor', '1.5 sensorlist[]', [
  [1, 'sensorSn', 'M', 'String'],
  [2, 'deviceType', 'M', 'Integer'],
  ...latitudeFirst(3),
  [6, 'crossId', 'O', 'String'],
  [7, 'crossType', 'O', 'Integer'],
  [8, 'crossName', 'O', 'String'],
  [9, 'linkName', 'O', 'String'],
  [10, 'linkId', 'O', 'Integer'],
]);

const basicStatus = table('BasicStatus', '1.5 basic-status/up', [
  [1, 'timeStamp', 'M', 'Long'],
  [2, 'seqNum', 'O', 'Integer'],
  [3, 'rscuSn', 'M', 'String'],
  [4, 'regionId', 'O', 'String'],
  [5, 'roadId', 'O', 'Integer'],
  [6, 'roadName', 'O', 'String'],
  [7, 'roadType', 'O', 'Integer'],
  [8, 'crossId', 'O', 'String'],
  [9, 'crossType', 'O', 'Integer'],
  [10, 'crossName', 'O', 'String'],
  [11, 'linkId', 'O', 'Integer'],
  [12, 'linkName', 'O', 'String'],
  ...latitudeFirst(13),
  [16, 'deviceType', 'M', 'Integer'],
  [17, 'supplier', 'O', 'String'],
  [18, 'owner', 'O', 'String'],
  [19, 'protocolVersion', 'O', 'String'],
  [20, 'imei', 'O', 'String'],
  [21, 'iccId', 'O', 'String'],
  [22, 'rscuStatus', 'O', 'Integer'],
  [23, 'active', 'M', 'Integer'],
  [
    24, 'transProtocal', 'O',
    { words: ['HTTP', 'HTTPS', 'FTP', 'SFTP', 'UDP', 'MQTT', 'other'] },
  ],
  [25, 'softwareVersion', 'O', 'String'],
  [26, 'hardwareVersion', 'O', 'String'],
  [27, 'rsuNum', 'O', 'Integer'],
  [28, 'rsulist', 'O', { list: rsu }],
  [29, 'sensorNum', 'O', 'Integer'],
  [30, 'sensorlist', 'O', { list: sensor }],
  [31, 'ack', 'O', 'Boolean'],
]);

const deviceStatus: readonly Row[] = [
  [2, 'deviceType', 'M', 'Integer'],
  [3, 'status', 'O', 'Integer'],
  [4, 'active', 'M', 'Integer'],
];
const rsuStatus = table('RsuStatus', '1.6 rsuStatusList[]', [
  [1, 'rsuSn', 'M', 'String'],
  ...deviceStatus,
]);
const sensorStatus = table('SensorStatus', '1.6 sensorStatusList[]', [
  [1, 'sensorSn', 'M', 'String'],
  ...deviceStatus,
]);
const fault = table('DeviceFault', '1.6 faultList[]', [
  [1, 'deviceSn', 'M', 'String'],
  [2, 'deviceType', 'M', 'Integer'],
  [3, 'faultType', 'O', 'Integer'],
  [4, 'faultTime', 'O', 'Double'],
  [5, 'faultDescription', 'O', 'String'],
]);

const runStatus = table('RunStatus', '1.6 run-status/up', [
  [1, 'timeStamp', 'M', 'Long'],
  [2, 'rscuSn', 'M', 'String'],
  [3, 'regionId', 'O', 'String'],
  ...place(4),
  [7, 'rscuStatus', 'O', 'Integer'],
  [8, 'active', 'M', 'Integer'],
  [9, 'rsuNum', 'O', 'Integer'],
  [10, 'rsuStatusList', 'O', { list: rsuStatus }],
  [11, 'sensorNum', 'O', 'Integer'],
  [12, 'sensorStatusList', 'O', { list: sensorStatus }],
  [13, 'faultList', 'O', { list: fault }],
  [14, 'ack', 'O', 'Boolean'],
]);

/** [R15]. */
const point = table('Point', '1.15 R15, a point of an outline', place(1, 'M'));

const participant = table('Participant', '1.7 ptcList[]', [
  [1, 'timestamp', 'M', 'Long'],
  [2, 'ptcType', 'M', 'Integer'],
  [3, 'ptcId', 'M', 'Integer'],
  [4, 'vehicleClass', 'O', 'Integer'],
  [5, 'vehicleStatus', 'O', 'Integer'],
  [6, 'sourceType', 'O', 'Integer'],
  [7, 'crossId', 'O', 'String'],
  [8, 'crossType', 'O', 'Integer'],
  [9, 'crossName', 'O', 'String'],
  [10, 'linkName', 'O', 'String'],
  [11, 'linkId', 'O', 'Integer'],
  [12, 'laneId', 'O', 'Integer'],
  ...place(13, 'M'),
  [16, 'positionConfidence', 'O', 'ENUMERATED'],
  [17, 'status', 'O', 'Integer'],
  [18, 'speed', 'O', 'Double'],
  [19, 'speedConfidence', 'O', 'ENUMERATED'],
  [20, 'heading', 'O', 'Double'],
  [21, 'headingConfidence', 'O', 'ENUMERATED'],
  [22, 'acceleration', 'O', 'Double'],
  [23, 'accelerationConfidence', 'O', 'ENUMERATED'],
  [24, 'length', 'O', 'Double'],
  [25, 'width', 'O', 'Double'],
  [26, 'height', 'O', 'Double'],
  [27, 'polygonPoint', 'O', { list: point }],
  [28, 'tracking', 'O', 'Integer'],
  [29, 'pathHistory', 'O', 'reserved'],
  [30, 'pathPlanning', 'O', 'reserved'],
  [31, 'colour', 'O', 'String'],
  [32, 'license', 'O', 'String'],
  [33, 'brand', 'O', 'String'],
]);

const participants = table('ParticipantReport', '1.7 participant/up', [
  [1, 'timeStamp', 'M', 'Long'],
  [2, 'rscuSn', 'M', 'String'],
  [3, 'ptcList', 'O', { list: participant }],
  [4, 'ack', 'O', 'Boolean'],
]);

const event = table('Event', '1.8 eventList[]', [
  [1, 'eventId', 'O', 'Integer'],
  [2, 'eventType', 'M', 'Integer'],
  [3, 'sourceType', 'O', 'Integer'],
  [4, 'crossId', 'O', 'String'],
  [5, 'crossType', 'O', 'Integer'],
  [6, 'crossName', 'O', 'String'],
  [7, 'linkName', 'O', 'String'],
  [8, 'linkId', 'O', 'Integer'],
  [9, 'laneId', 'O', 'Integer'],
  [10, 'startTime', 'O', 'Double'],
  [11, 'endTime', 'O', 'Double'],
  ...place(12, 'M'),
  [15, 'polygonPoint', 'O', { list: point }],
  [16, 'speed', 'O', 'Double'],
  [17, 'speedConfidence', 'O', 'ENUMERATED'],
  [18, 'heading', 'O', 'Double'],
  [19, 'headingConfidence', 'O', 'ENUMERATED'],
  [20, 'priority', 'O', 'String'],
  [21, 'eventConfidence', 'O', 'ENUMERATED'],
  [22, 'referenceLanes', 'O', 'String'],
  [23, 'ptcList', 'O', { list: participant }],
]);

const events = table('EventReport', '1.8 event/up', [
  [1, 'timeStamp', 'M', 'Long'],
  [2, 'rscuSn', 'M', 'String'],
  [3, 'eventList', 'O', { list: event }],
  [4, 'ack', 'O', 'Boolean'],
]);

const directionFlow = table('DirectionFlow', '1.9 directionFlowData[], flat by R17', [
  [1, 'branchId', 'M', 'String'],
  ...place(2),
  [5, 'flowType', 'M', 'ENUMERATED'],
  [6, 'queueLength', 'O', 'Double'],
  [7, 'queueCount', 'O', 'Integer'],
  [8, 'trafficFlow', 'O', 'Double'],
  [9, 'trafficNumber', 'O', 'Integer'],
  [10, 'wasteTime', 'O', 'Double'],
]);

/** Ours. */
const classCounts = table('ClassCounts', 'our member classCounts: vehicles and others by class', [
  [1, 'unknown', 'O', 'Integer'],
  [2, 'car', 'O', 'Integer'],
  [3, 'van', 'O', 'Integer'],
  [4, 'truck', 'O', 'Integer'],
  [5, 'bus', 'O', 'Integer'],
  [6, 'motorcycle', 'O', 'Integer'],
  [7, 'bicycle', 'O', 'Integer'],
  [8, 'pedestrian', 'O', 'Integer'],
]);

const laneFlow = table('LaneFlow', '1.9 laneFlowData[], flat by R17', [
  [1, 'branchId', 'M', 'String'],
  ...place(2),
  [5, 'laneId', 'M', 'String'],
  [6, 'laneFlow', 'M', { list: 'Integer' }],
  [7, 'queueLength', 'O', 'Double'],
  [8, 'queueCount', 'O', 'Integer'],
  [9, 'congestionLevel', 'O', 'Integer'],
  [10, 'trafficFlow', 'O', 'Double'],
  [11, 'trafficNumber', 'O', 'Integer'],
  [12, 'wasteTime', 'O', 'Double'],
  [100, 'completeness', 'O', 'Double'],
  [101, 'occupancy', 'O', 'Double'],
  [102, 'meanSpeed', 'O', 'Double'],
  [103, 'classCounts', 'O', { one: classCounts }],
]);

const traffic = table('TrafficReport', '1.9 traffic/up', [
  [1, 'timeStamp', 'M', 'Long'],
  [2, 'rscuSn', 'M', 'String'],
  [3, 'crossId', 'O', 'String'],
  [4, 'linkId', 'O', 'Integer'],
  [5, 'periodTime', 'M', 'ENUMERATED'],
  [6, 'startTime', 'M', 'Double'],
  [7, 'endTime', 'M', 'Double'],
  [8, 'duration', 'O', 'Double'],
  [9, 'directionFlowData', 'O', { list: directionFlow }],
  [10, 'laneFlowData', 'O', { list: laneFlow }],
  [11, 'ack', 'O', 'Boolean'],
]);

const lampState = table('LampRealInfo', '1.10 form B, lampRealInfos[]', [
  [1, 'phaseId', 'M', 'String'],
  [2, 'lightStatus', 'M', 'Integer'],
  [3, 'countDown', 'M', 'Integer'],
  [4, 'lightStatusNext', 'M', 'Integer'],
  [5, 'nextCountDown', 'M', 'Integer'],
  [6, 'lightStatusNextNext', 'M', 'Integer'],
  [7, 'nextNextCountDown', 'M', 'Integer'],
  [8, 'dataSource', 'M', 'Integer'],
]);

const lamps = table('LampReport', '1.10 lamp/up, form B', [
  [1, 'signalControllerStamp', 'M', 'Long'],
  [2, 'rscuSn', 'O', 'String'],
  [3, 'cityCode', 'M', 'String'],
  [4, 'regionId', 'M', 'String'],
  [5, 'crossId', 'M', 'String'],
  [6, 'crossName', 'O', 'String'],
  ...place(7),
  [10, 'crossRealStatus', 'O', 'Integer'],
  [11, 'controlMode', 'O', 'Integer'],
  [12, 'number', 'O', 'Integer'],
  [13, 'direction', 'O', 'Double'],
  [14, 'confidence', 'O', 'Double'],
  [15, 'period', 'O', 'Integer'],
  [16, 'cycleCountDown', 'O', 'Integer'],
  [17, 'lampRealInfos', 'O', { list: lampState }],
  [18, 'ack', 'O', 'Boolean'],
]);

/** The body of each topic, by what stands behind `rscu/{rscu_id}/`. */
export const cityBodies: Readonly<Record<string, Table>> = {
  'basic-status/up': basicStatus,
  'run-status/up': runStatus,
  'participant/up': participants,
  'event/up': events,
  'traffic/up': traffic,
  'lamp/up': lamps,
};

/** Every table once, those that others hold before them. */
export const cityTables: readonly Table[] = [
  rsu, sensor, basicStatus, rsuStatus, sensorStatus, fault, runStatus, point, participant,
  participants, event, events, directionFlow, classCounts, laneFlow, traffic, lampState, lamps,
];
