/**
 * Bodies of T/ITS 0117 made of decoded gated octets, in the scales of the air. Pure. Source:
 * city-link, section 3.2 (a draft of 2020).
 */
import type { AirMessage } from '../../model/message.ts';
import { nodeKey } from '../../model/ids.ts';
import { absolute, placeOf } from './frames.ts';
import type {
  MapFrame, Participant, PhaseState, Place, Point, Rsi, RsiEvent, RsiSign, Rsm, Spat,
} from './frames.ts';

const participantTypes = ['unknown', 'motor', 'non-motor', 'pedestrian', 'rsu'];
const sourceTypes = [
  'unknown', 'selfinfo', 'v2x', 'video', 'microwaveRadar', 'loop', 'lidar', 'integrated',
];
/** Bits of the intersection's status from bit 0. Source: T/CSAE 53-2020. */
const statusNames = [
  'manualControlIsEnabled', 'stopTimeIsActivated', 'failureFlash', 'preemptIsActive',
  'signalPriorityIsActive', 'fixedTimeOperation', 'trafficDependentOperation', 'standbyOperation',
  'failureMode', 'off', 'recentMAPmessageUpdate', 'recentChangeInMAPassignedLanesIDsUsed',
  'noValidMAPisAvailableAtThisTime', 'noValidSPATisAvailableAtThisTime',
];
const UNKNOWN_SECOND = 60_000;

function indexOf(names: readonly string[], name: string): number {
  const index = names.indexOf(name);
  if (index < 0) throw new Error(`${name} has no number in T/ITS 0117`);
  return index;
}

function participant(from: Point, one: Participant): object {
  const { width, length, height } = one.size;
  return {
    ptcType: indexOf(participantTypes, one.ptcType),
    ptcId: one.ptcId,
    source: indexOf(sourceTypes, one.source),
    ...(one.secMark < UNKNOWN_SECOND ? { secMark: one.secMark } : {}),
    pos: absolute(from, one.pos),
    accuracy: one.posConfidence.pos,
    speed: one.speed,
    heading: one.heading,
    size: { width, length, ...(height === undefined ? {} : { height }) },
  };
}

/** V2X.RSU.RSM.DOWN. */
export const rsmBody = ({ refPos, participants }: Rsm): object => ({
  Rsms: [{
    refPos: placeOf(refPos),
    Participants: participants.map((one) => participant(refPos, one)),
  }],
});

const stateOf = ({ light, timing }: PhaseState, timed: boolean): object =>
  timed && timing ? { light, timing } : { light };

/**
 * RSU.SPAT.DOWN.
 * @param timed false leaves all times out: they would be wrong by the time of the way.
 */
export const spatBody = ({ name, intersections }: Spat, timed: boolean): object => ({
  ...(name === undefined ? {} : { name }),
  intersections: intersections.map(({ intersectionId, status, phases }) => ({
    intersectionId,
    status: statusNames.filter((_name, bit) => status[bit] === '1'),
    phases: phases.map(({ id, phaseStates }) => ({
      phaseId: id,
      phaseStates: phaseStates.map((state) => stateOf(state, timed)),
    })),
  })),
});

/** Whether any time of a SPAT counts down, so that a late arrival makes it wrong. */
export const countsDown = ({ intersections }: Spat): boolean =>
  intersections.some(({ phases }) => phases.some(({ phaseStates }) =>
    phaseStates.some(({ timing }) => timing !== undefined && 'counting' in timing)));

/** One alert without what changes from one telling to the next. */
export interface Alert {
  readonly alertID: string;
  /** Minute of the year that it began, if told. */
  readonly startMinute: number | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Source: rsu-interface, section 9. */
function classOfEvent(eventType: number): string {
  if (eventType >= 300 && eventType < 400) return 'AdverseWeather';
  return eventType >= 900 && eventType < 1000 ? 'AbnormalVehicle' : 'AbnormalTraffic';
}

/** Text as JSON holds it; GB2312 octets come in hexadecimal. */
function words(description: Readonly<Record<string, string>> | undefined): string | undefined {
  const { textString, textGB2312 } = description ?? {};
  if (textGB2312 === undefined) return textString;
  return new TextDecoder('gbk').decode(Buffer.from(textGB2312, 'hex'));
}

/** What events and signs say alike; null without a place, which this form cannot be without. */
function alertOf(
  from: Point, one: RsiEvent | RsiSign, pos: RsiEvent['eventPos'],
  own: Readonly<Record<string, unknown>>, alertID: string,
): Alert | null {
  const paths = one.referencePaths?.map(({ activePath, pathRadius }) => ({
    active_path: activePath.map((point) => absolute(from, point)), path_radius: pathRadius,
  }));
  const place: Place | undefined = pos ? absolute(from, pos) : paths?.[0]?.active_path[0];
  if (!place) return null;
  const text = words(one.description);
  const body = {
    ...own,
    eventPosition: [place],
    ...(text === undefined ? {} : { eventDescription: text }),
    ...(one.priority === undefined ? {} : { eventPriority: parseInt(one.priority, 16) >> 5 }),
    ...(paths === undefined ? {} : { referencePaths: paths }),
  };
  return { alertID, startMinute: one.timeDetails?.startTime ?? null, body };
}

/** The alerts of one RSI, each with its own number; null stands for one that has no form here. */
export function alertsOf(rsi: Rsi, { node }: AirMessage): readonly (Alert | null)[] {
  const key = nodeKey(node);
  const events = (rsi.rtes ?? []).map((event) => {
    const { eventType, eventSource, eventPos, eventRadius, eventConfidence } = event;
    return alertOf(rsi.refPos, event, eventPos, {
      eventClass: classOfEvent(eventType), eventType, eventSource,
      ...(eventConfidence === undefined ? {} : { eventConfidence }),
      ...(eventRadius === undefined ? {} : { eventRadius }),
    }, `${key}-E${event.rteId}`);
  });
  const signs = (rsi.rtss ?? []).map((sign) => alertOf(rsi.refPos, sign, sign.signPos, {
    eventClass: 'TrafficSign', eventType: sign.signType, eventSource: 'government',
  }, `${key}-S${sign.rtsId}`));
  return [...events, ...signs];
}

/** The name of a slice of the map: its nodes. */
export const sliceOf = ({ nodes }: MapFrame): string =>
  nodes.map(({ id: { region = 0, id } }) => `${region}-${id}`).join('+');
