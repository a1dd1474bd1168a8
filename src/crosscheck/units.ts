/** What is judged: movements and crossings, with the lamps that govern them. */
import { lineLength, pointOnLine } from '../base/geometry.ts';
import type { Manoeuvre, Road, RoadMovement, RoadPoint, SignalGroup } from '../model/road.ts';

/** Shares over which an alarm comes, and what they are counted over. */
export interface Thresholds {
  readonly passages: number;
  /** Fewer are chance, whatever their share. */
  readonly events: number;
  readonly onRed: number;
  /** Share of those who pass long after red began: our own, of twenty passages or more. */
  readonly onDeepRed: number;
  /** Of those who stop. */
  readonly onGreen: number;
  /** Share of those who stand long where no lamp tells them to: our own, after six passages. */
  readonly unlamped: number;
}

/** A movement without a lamp is judged after so many passages. */
export const UNLAMPED_PASSAGES = 6;
/** Deep red is judged after so many. */
export const DEEP_PASSAGES = 20;

/**
 * Vehicles by rule R24. People on foot and on two wheels pass on red more often than a lamp is
 * wired wrongly: their shares are our own.
 */
export const thresholds: Readonly<Record<Unit['kind'], Thresholds>> = {
  vehicle: { passages: 10, events: 3, onRed: 0.2, onDeepRed: 0.07, onGreen: 0.1, unlamped: 0.1 },
  cycle: { passages: 10, events: 3, onRed: 0.4, onDeepRed: 0.25, onGreen: 0.3, unlamped: 0.15 },
  walk: { passages: 10, events: 3, onRed: 0.5, onDeepRed: 1, onGreen: 1, unlamped: 0.2 },
};

/** One movement over one stop line, or one crossing. */
export interface Unit {
  /** Id of the movement or crossing; with `/area` for the end of its waiting area. */
  readonly name: string;
  readonly kind: 'vehicle' | 'cycle' | 'walk';
  readonly manoeuvre: Manoeuvre;
  /** Any of these lamps lets it go; none for a movement without a lamp. */
  readonly groups: readonly SignalGroup[];
  /** The lamp whose green lets it go all the way: nobody stands before it for long. */
  readonly main: SignalGroup | null;
  /** Path over the junction, for telling the movements of one lane apart. */
  readonly points: readonly RoadPoint[];
  /** Length of the waiting area behind it, metres: who went in on green leaves it later. */
  readonly areaM: number;
  /** Whether red forbids it: a right turn may pass a red disc with care. */
  readonly redForbids: boolean;
}

/** A line that is passed, with what may go from it. */
export interface StopLine {
  readonly laneId: string;
  readonly x: number;
  readonly y: number;
  /** Direction of travel over it. */
  readonly cos: number;
  readonly sin: number;
  readonly halfWidthM: number;
  /** Positions of its units. */
  readonly units: readonly number[];
}

/** A crossing on foot: entered from either end. */
export interface Walkway {
  readonly points: readonly RoadPoint[];
  readonly halfWidthM: number;
  readonly unit: number;
}

export interface Layout {
  readonly units: readonly Unit[];
  readonly lines: readonly StopLine[];
  readonly walkways: readonly Walkway[];
}

/** Turning right past a red disc is lawful; an arrow of its own forbids it. So is turning round. */
function redForbids({ manoeuvre }: RoadMovement, group: SignalGroup): boolean {
  const own = { right: 'arrow-right', 'u-turn': 'arrow-u-turn' } as const;
  if (manoeuvre === 'right' || manoeuvre === 'u-turn') return group.lampType === own[manoeuvre];
  return true;
}

function lineAt(
  lane: { readonly id: string; readonly points: readonly RoadPoint[]; readonly widthM: number },
  units: readonly number[],
): StopLine {
  const end = pointOnLine(lane.points, Number.POSITIVE_INFINITY);
  const last = lane.points.at(-1)!;
  return {
    laneId: lane.id, x: last[0], y: last[1], cos: Math.cos(end.headingRad),
    sin: Math.sin(end.headingRad), halfWidthM: lane.widthM / 2, units,
  };
}

/** Everything that lamps and traffic can be compared at. */
export function layoutOf(road: Road): Layout {
  const groups = new Map(road.signalGroups.map((group) => [group.id, group]));
  const lanes = new Map(road.lanes.map((lane) => [lane.id, lane]));
  const lamped = new Set(road.signalGroups.map(({ node }) => `${node.region}-${node.id}`));
  const links = new Map(road.links.map((link) => [link.id, link]));
  const units: Unit[] = [];
  const byLane = new Map<string, number[]>();
  const put = (lane: string, unit: Unit): void => {
    byLane.set(lane, [...(byLane.get(lane) ?? []), units.length]);
    units.push(unit);
  };
  for (const movement of road.movements) {
    const lane = lanes.get(movement.fromLane);
    const node = lane && links.get(lane.linkId)?.downstream;
    if (!lane || !node || !lamped.has(`${node.region}-${node.id}`)) continue;
    const main = movement.signalGroup === null ? undefined : groups.get(movement.signalGroup);
    const { waitingArea, manoeuvre, points } = movement;
    const waiting = waitingArea ? groups.get(waitingArea.signalGroup) : undefined;
    const unit: Unit = {
      name: movement.id, manoeuvre, points,
      kind: lane.kind === 'non-motor' ? 'cycle' : 'vehicle',
      groups: [main, waiting].flatMap((group) => (group ? [group] : [])),
      main: main ?? null, areaM: 0,
      redForbids: main !== undefined && redForbids(movement, main),
    };
    put(movement.fromLane, unit);
    if (waitingArea) {
      const groups = main ? [main] : [];
      const areaM = lineLength(lanes.get(waitingArea.laneId)?.points ?? []);
      put(waitingArea.laneId, { ...unit, name: `${movement.id}/area`, groups, areaM });
    }
  }
  const walkways = road.crossings.flatMap((crossing): Walkway[] => {
    const node = links.get(crossing.linkId)?.downstream;
    if (!node || !lamped.has(`${node.region}-${node.id}`)) return [];
    const group = crossing.signalGroup === null ? undefined : groups.get(crossing.signalGroup);
    units.push({
      name: crossing.id, kind: 'walk', manoeuvre: 'straight', groups: group ? [group] : [],
      main: group ?? null, points: crossing.points, areaM: 0, redForbids: true,
    });
    return [{
      points: crossing.points, halfWidthM: crossing.widthM / 2, unit: units.length - 1,
    }];
  });
  const lines = [...byLane].flatMap(([id, own]) => {
    const lane = lanes.get(id as never);
    return lane ? [lineAt(lane, own)] : [];
  });
  return { units, lines, walkways };
}
