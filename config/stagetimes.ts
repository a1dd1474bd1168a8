/**
 * What follows from the stages of a fixed plan: how long a stage lasts with its change, and which
 * greens end with it. The GB/T 20999 driver needs it to turn a stage's rest into a green's end.
 */
import { lineLength } from '../src/base/geometry.ts';
import type { RoadFile } from './road.ts';

type Group = RoadFile['signalGroups'][number];
type Stage = RoadFile['stages'][number];

/** Last part of a vehicle's green that flashes. Source: GB 14886-2016; 3 s in practice. */
const FLASHING_GREEN_S = 3;
/** Walking speed that flashing green is laid out for, m/s. */
const WALK_MPS = 1.2;

const isWalk = (group: Group): boolean => group.lampType === 'pedestrian';

/** Seconds between the end of a stage's green and the next stage: yellow and all red. */
export function changeS(road: RoadFile, stage: Stage, next: Stage): number {
  const clearances = new Map(road.conflicts.intergreens.map((row) =>
    [`${row.from} ${row.to}`, row.clearanceS]));
  let longestS = 0;
  for (const group of road.signalGroups) {
    if (!stage.green.includes(group.id) || next.green.includes(group.id)) continue;
    const yellowS = isWalk(group) ? 0 : group.yellowS;
    longestS = Math.max(longestS, yellowS);
    for (const to of next.green) {
      const clearanceS = stage.green.includes(to) ? undefined : clearances.get(`${group.id} ${to}`);
      if (clearanceS !== undefined) longestS = Math.max(longestS, yellowS + clearanceS);
    }
  }
  return longestS;
}

/** Seconds of one round of all stages. */
export const cycleS = (road: RoadFile): number =>
  road.stages.reduce((sum, stage, index) =>
    sum + stage.greenS + changeS(road, stage, road.stages[(index + 1) % road.stages.length]!), 0);

function flashingMs(road: RoadFile, group: Group, greenS: number): number {
  if (!group.hasFlashingGreen) return 0;
  if (!isWalk(group)) return Math.min(FLASHING_GREEN_S, greenS / 2) * 1000;
  const longestM = Math.max(0, ...road.crossings
    .filter((crossing) => crossing.signalGroup === group.id)
    .map((crossing) => lineLength(crossing.points)));
  const wantedMs = Math.round(Math.max(longestM / WALK_MPS, 5) * 10) * 100;
  return Math.max(
    Math.min(wantedMs, (greenS - group.minGreenS) * 1000, greenS * 1000 - 4000), 1000,
  );
}

/** One green that ends with a stage, as the driver's option `stageGroups` takes it. */
export interface StageGreen {
  readonly lampGroup: string;
  readonly beforeEndMs: number;
  readonly flashingMs: number;
}

/** Stage number → the greens that end with it. */
export function stageGroups(road: RoadFile): Readonly<Record<string, readonly StageGreen[]>> {
  const count = road.stages.length;
  const rows = road.stages.map((stage, index) => {
    const next = road.stages[(index + 1) % count]!;
    const ending = road.signalGroups.filter(
      (group) => stage.green.includes(group.id) && !next.green.includes(group.id));
    const beforeEndMs = Math.round(changeS(road, stage, next) * 1000);
    return [String(stage.number), ending.map((group) => ({
      lampGroup: group.lampGroup as string, beforeEndMs, flashingMs: flashingMs(
        road, group, greenRunS(road, index, group),
      ),
    }))] as const;
  });
  return Object.fromEntries(rows);
}

/** Seconds that a group has been green when stage `index` ends, over the stages before it. */
function greenRunS(road: RoadFile, index: number, group: Group): number {
  const count = road.stages.length;
  let sumS = road.stages[index]!.greenS;
  for (let back = 1; back < count; back++) {
    const stage = road.stages[(index - back + count) % count]!;
    const after = road.stages[(index - back + 1 + count) % count]!;
    if (!stage.green.includes(group.id)) break;
    sumS += stage.greenS + changeS(road, stage, after);
  }
  return sumS;
}
