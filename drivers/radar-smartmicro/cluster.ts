import { assert } from '../../src/base/assert.ts';
import type { TargetList } from './targets.ts';

/** How near two targets of one road user lie at most, and how long one may be. */
export interface ClusterRules {
  readonly rangeM: number;
  readonly acrossM: number;
  readonly rateMps: number;
  readonly lengthMaxM: number;
}

/** Groups of one list. */
export interface Clusters {
  readonly count: number;
  /** Target → its group, or −1 before the list's count. Groups are numbered by nearest range. */
  readonly group: Int32Array;
  /** Groups that were cut because they were too long. */
  readonly split: number;
}

const rootOf = (parent: Int32Array, node: number): number => {
  let root = node;
  while (parent[root] !== root) root = parent[root]!;
  for (let walk = node; walk !== root; ) {
    const next = parent[walk]!;
    parent[walk] = root;
    walk = next;
  }
  return root;
};

/**
 * Groups targets whose distance in (range, across, range rate), scaled by the rules, is at most 1,
 * and all that hang together by such steps. Lone targets are groups of one. Groups longer than
 * `lengthMaxM` in range are cut at their widest gap.
 *
 * Deterministic: targets are walked by range, then by their place in the list.
 * Source: the density clustering of Ester et al. (1996) with a neighbourhood of one.
 * Cost: sorting, then linear in the pairs within `rangeM` of one another.
 */
export function clusterTargets(list: TargetList, rules: ClusterRules): Clusters {
  const { count, rangeM } = list;
  assert(rules.rangeM > 0 && rules.acrossM > 0 && rules.rateMps > 0, 'rules must be positive');
  const order = Int32Array.from({ length: count }, (_, index) => index).sort(
    (a, b) => rangeM[a]! - rangeM[b]! || a - b,
  );
  const parent = Int32Array.from({ length: count }, (_, index) => index);
  for (let i = 0; i < count; i++) {
    const a = order[i]!;
    for (let j = i + 1; j < count; j++) {
      const b = order[j]!;
      if (rangeM[b]! - rangeM[a]! > rules.rangeM) break;
      if (!areNear(list, a, b, rules)) continue;
      parent[rootOf(parent, b)] = rootOf(parent, a);
    }
  }
  return numberGroups(list, order, parent, rules.lengthMaxM);
}

function areNear(list: TargetList, a: number, b: number, rules: ClusterRules): boolean {
  const range = (list.rangeM[b]! - list.rangeM[a]!) / rules.rangeM;
  const turn = list.azimuthRad[b]! - list.azimuthRad[a]!;
  const across = (list.rangeM[b]! * turn) / rules.acrossM;
  const rate = (list.rangeRateMps[b]! - list.rangeRateMps[a]!) / rules.rateMps;
  return range * range + across * across + rate * rate <= 1;
}

function numberGroups(
  list: TargetList, order: Int32Array, parent: Int32Array, lengthMaxM: number,
): Clusters {
  const members = new Map<number, number[]>();
  for (const target of order) {
    const root = rootOf(parent, target);
    const known = members.get(root);
    if (known) known.push(target);
    else members.set(root, [target]);
  }
  const group = new Int32Array(list.rangeM.length).fill(-1);
  let groups = 0;
  let split = 0;
  // Members came in order of range, so the map does too; pieces follow one another.
  for (const whole of members.values()) {
    const pieces = cutLong(whole, list.rangeM, lengthMaxM);
    split += pieces.length - 1;
    for (const piece of pieces) {
      for (const target of piece) group[target] = groups;
      groups++;
    }
  }
  return { count: groups, group, split };
}

/** Cuts a group, sorted by range, at its widest gaps until no piece is too long. */
function cutLong(
  members: readonly number[], rangeM: Float64Array, lengthMaxM: number,
): readonly (readonly number[])[] {
  const first = members[0]!;
  const last = members[members.length - 1]!;
  if (rangeM[last]! - rangeM[first]! <= lengthMaxM) return [members];
  let cutAt = 1;
  let widestM = -1;
  for (let index = 1; index < members.length; index++) {
    const gapM = rangeM[members[index]!]! - rangeM[members[index - 1]!]!;
    if (gapM > widestM) {
      widestM = gapM;
      cutAt = index;
    }
  }
  return [
    ...cutLong(members.slice(0, cutAt), rangeM, lengthMaxM),
    ...cutLong(members.slice(cutAt), rangeM, lengthMaxM),
  ];
}
