/**
 * Which signal groups cross one another on the ground, and how long one needs to clear the other.
 * The generator writes its matrix with it and the checker holds every matrix against it (F88).
 */
import { lineLength } from '../src/base/geometry.ts';
import type { PlanePoint } from '../src/base/geometry.ts';
import type { RoadFile } from './road.ts';

export type GroupId = RoadFile['signalGroups'][number]['id'];

/** One way over the junction that a group governs. */
export interface GroupPath {
  readonly group: GroupId;
  readonly kind: 'vehicle' | 'bicycle' | 'pedestrian';
  readonly points: readonly PlanePoint[];
  /** The lane that it begins in; paths from one lane part, they do not cross. */
  readonly fromLane: string | null;
  /** Link and lane that it ends in; null for crossings and waiting areas. */
  readonly toLink: string | null;
  readonly toLane: string | null;
  /** Where the way stands in road.json, for a person. */
  readonly place: string;
}

/** Where two ways meet. */
export interface Meeting {
  /** Metres along each from its beginning. */
  readonly alongFirstM: number;
  readonly alongSecondM: number;
}

/** All ways of all groups, in file order. */
function groupPaths(road: RoadFile): readonly GroupPath[] {
  const lanes = new Map(road.lanes.map((lane) => [lane.id, lane]));
  const paths: GroupPath[] = [];
  road.movements.forEach((movement, index) => {
    const kind = lanes.get(movement.fromLane)?.kind === 'non-motor' ? 'bicycle' : 'vehicle';
    const common = { kind, fromLane: movement.fromLane, place: `movements[${index}]` } as const;
    if (movement.signalGroup !== null) {
      const { signalGroup: group, points, toLink, toLane } = movement;
      paths.push({ ...common, group, points, toLink, toLane });
    }
    const waiting = movement.waitingArea;
    const area = waiting ? lanes.get(waiting.laneId) : undefined;
    if (waiting && area) {
      const { points } = area;
      paths.push({ ...common, group: waiting.signalGroup, points, toLink: null, toLane: null });
    }
  });
  road.crossings.forEach((crossing, index) => {
    if (crossing.signalGroup === null) return;
    paths.push({
      group: crossing.signalGroup, kind: 'pedestrian', points: crossing.points,
      fromLane: null, toLink: null, toLane: null, place: `crossings[${index}]`,
    });
  });
  return paths;
}

/** Share along each segment at which a→b and c→d cross; null where they do not. */
function crossSegments(
  a: PlanePoint, b: PlanePoint, c: PlanePoint, d: PlanePoint,
): readonly [number, number] | null {
  const ux = b[0] - a[0];
  const uy = b[1] - a[1];
  const vx = d[0] - c[0];
  const vy = d[1] - c[1];
  const cross = ux * vy - uy * vx;
  if (cross === 0) return null;
  const wx = c[0] - a[0];
  const wy = c[1] - a[1];
  const first = (wx * vy - wy * vx) / cross;
  const second = (wx * uy - wy * ux) / cross;
  return first >= 0 && first <= 1 && second >= 0 && second <= 1 ? [first, second] : null;
}

/** Where two lines cross first (along the first one); null where they do not. */
export function crossLines(
  first: readonly PlanePoint[],
  second: readonly PlanePoint[],
): Meeting | null {
  let alongFirstM = 0;
  for (let i = 0; i + 1 < first.length; i++) {
    const lengthM = Math.hypot(first[i + 1]![0] - first[i]![0], first[i + 1]![1] - first[i]![1]);
    let alongSecondM = 0;
    for (let k = 0; k + 1 < second.length; k++) {
      const otherM = Math.hypot(
        second[k + 1]![0] - second[k]![0], second[k + 1]![1] - second[k]![1],
      );
      const share = crossSegments(first[i]!, first[i + 1]!, second[k]!, second[k + 1]!);
      if (share) {
        return {
          alongFirstM: alongFirstM + share[0] * lengthM,
          alongSecondM: alongSecondM + share[1] * otherM,
        };
      }
      alongSecondM += otherM;
    }
    alongFirstM += lengthM;
  }
  return null;
}

/** Where two ways meet: they cross, or they end in one lane. */
function meetingOf(first: GroupPath, second: GroupPath): Meeting | null {
  if (first.fromLane !== null && first.fromLane === second.fromLane) return null;
  if (first.kind === 'pedestrian' && second.kind === 'pedestrian') return null;
  const crossing = crossLines(first.points, second.points);
  if (crossing) return crossing;
  const merges =
    first.toLink !== null && first.toLink === second.toLink &&
    (first.toLane === null || second.toLane === null || first.toLane === second.toLane);
  if (!merges) return null;
  return { alongFirstM: lineLength(first.points), alongSecondM: lineLength(second.points) };
}

/** Two groups that meet on the ground, with every meeting of their ways. */
export interface GroupMeeting {
  readonly first: GroupId;
  readonly second: GroupId;
  readonly meetings: readonly {
    readonly first: GroupPath;
    readonly second: GroupPath;
    readonly at: Meeting;
  }[];
}

/** Every pair of groups that meet, in the order of road.json `signalGroups`. */
export function groupMeetings(road: RoadFile): readonly GroupMeeting[] {
  const byGroup = new Map<GroupId, GroupPath[]>();
  for (const path of groupPaths(road)) {
    const list = byGroup.get(path.group);
    if (list) list.push(path);
    else byGroup.set(path.group, [path]);
  }
  const ids = road.signalGroups.map((group) => group.id);
  const found: GroupMeeting[] = [];
  ids.forEach((first, index) => {
    for (const second of ids.slice(index + 1)) {
      const meetings = (byGroup.get(first) ?? []).flatMap((a) =>
        (byGroup.get(second) ?? []).flatMap((b) => {
          const at = meetingOf(a, b);
          return at ? [{ first: a, second: b, at }] : [];
        }),
      );
      if (meetings.length > 0) found.push({ first, second, meetings });
    }
  });
  return found;
}

/** How a road user clears and enters; what a planner assumes where nothing was measured. */
const movementOf = {
  vehicle: { clearMps: 10, enterMps: 11.1, lengthM: 6, overrunS: 3 },
  bicycle: { clearMps: 6, enterMps: 6.5, lengthM: 2, overrunS: 1 },
  pedestrian: { clearMps: 1.2, enterMps: 1.5, lengthM: 0, overrunS: 0 },
} as const;
const LEAST_CLEARANCE_S = 1;
/** Pedestrians clear on flashing green; this much is left for the slow. */
const PEDESTRIAN_CLEARANCE_S = 2;

/**
 * Seconds from the end of yellow (or flashing green) of `from` until `to` may begin: overrun and
 * way to clear, less the way that the other has to come, less yellow; never below one second.
 * Source: the form of RiLSA 2015, section 2.7; the speeds are our own assumptions (?).
 */
export function clearanceS(from: GroupPath, to: GroupPath, at: Meeting, yellowS: number): number {
  if (from.kind === 'pedestrian') return PEDESTRIAN_CLEARANCE_S;
  const clearing = movementOf[from.kind];
  const entering = movementOf[to.kind];
  const clearS = clearing.overrunS + (at.alongFirstM + clearing.lengthM) / clearing.clearMps;
  const enterS = to.kind === 'pedestrian' ? 0 : at.alongSecondM / entering.enterMps;
  return Math.max(LEAST_CLEARANCE_S, Math.ceil((clearS - enterS - yellowS) * 10 - 1e-9) / 10);
}
