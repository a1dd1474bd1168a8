/**
 * What follows from the stages of a fixed plan: how long a stage lasts with its change, and which
 * greens end with it. The GB/T 20999 driver needs it to turn a stage's rest into a green's end,
 * and the simulator plays it.
 */
import { lineLength } from '../src/base/geometry.ts';
import type { RoadFile } from './road.ts';

type Group = RoadFile['signalGroups'][number];
type Stage = RoadFile['stages'][number];

/** Last part of a vehicle's green that flashes. Source: GB 14886-2016; 3 s in practice. */
const FLASHING_GREEN_MS = 3000;
/** Walking speed that flashing green is laid out for, m/s. */
const WALK_MPS = 1.2;
/** Used where the site gives no intergreen for two conflicting groups, s. */
const DEFAULT_CLEARANCE_S = 2;

const isWalk = (group: Group): boolean => group.lampType === 'pedestrian';
const yellowMs = (group: Group): number => (isWalk(group) ? 0 : group.yellowS * 1000);

/** From the end of one group's green to that of another which follows it, ms. */
function clearMs(road: RoadFile, from: Group, to: Group['id']): number {
  const { intergreens, conflicting } = road.conflicts;
  const listed = intergreens.find((row) => row.from === from.id && row.to === to);
  const excluded = conflicting.some(
    ([a, b]) => (a === from.id && b === to) || (b === from.id && a === to));
  if (!listed && !excluded) return 0;
  return yellowMs(from) + (listed?.clearanceS ?? DEFAULT_CLEARANCE_S) * 1000;
}

/** Between the end of a stage's green and the next stage: yellow and all red, ms. */
export function changeMs(road: RoadFile, stage: Stage, next: Stage): number {
  let longestMs = 0;
  for (const group of road.signalGroups) {
    if (!stage.green.includes(group.id) || next.green.includes(group.id)) continue;
    longestMs = Math.max(longestMs, yellowMs(group));
    for (const to of next.green) {
      if (!stage.green.includes(to)) longestMs = Math.max(longestMs, clearMs(road, group, to));
    }
  }
  return longestMs;
}

/** The same in seconds. */
export const changeS = (road: RoadFile, stage: Stage, next: Stage): number =>
  changeMs(road, stage, next) / 1000;

/** Seconds of one round of all stages. */
export const cycleS = (road: RoadFile): number =>
  road.stages.reduce((sum, stage, index) =>
    sum + stage.greenS + changeS(road, stage, road.stages[(index + 1) % road.stages.length]!), 0);

/** How long the end of a green of `greenMs` flashes, ms. */
export function flashingMs(road: RoadFile, group: Group, greenMs: number): number {
  if (!group.hasFlashingGreen) return 0;
  if (!isWalk(group)) return Math.min(FLASHING_GREEN_MS, greenMs / 2);
  const longestM = Math.max(0, ...road.crossings
    .filter((crossing) => crossing.signalGroup === group.id)
    .map((crossing) => lineLength(crossing.points)));
  const wantedMs = Math.round(Math.max(longestM / WALK_MPS, 5) * 10) * 100;
  return Math.max(Math.min(wantedMs, greenMs - group.minGreenS * 1000, greenMs - 4000), 1000);
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
    const beforeEndMs = Math.round(changeMs(road, stage, next));
    return [String(stage.number), ending.map((group) => ({
      lampGroup: group.lampGroup as string, beforeEndMs,
      flashingMs: flashingMs(road, group, greenRunS(road, index, group) * 1000),
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
