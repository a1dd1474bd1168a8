/** What lamps may do: one after the other (R7) and one beside the other (R6). */
import type { WitnessColour } from '../base/evidence.ts';
import type { GateGroup, GateLampKind, Shown } from './site.ts';

interface Step {
  readonly from: WitnessColour | 'any';
  readonly to: WitnessColour;
  /** A property that the group must have, or (with `not`) must not have. */
  readonly has?: 'hasFlashingGreen' | 'hasRedYellow' | 'mayGoDark';
  readonly not?: boolean;
}

/** An order of states that a controller falls into when it fails or rests: to and from flashing. */
const flashing: readonly Step[] = [
  { from: 'any', to: 'flashing-yellow' },
  { from: 'any', to: 'flashing-red' },
  { from: 'flashing-yellow', to: 'red' },
  { from: 'flashing-red', to: 'red' },
  { from: 'flashing-yellow', to: 'yellow' },
  { from: 'flashing-yellow', to: 'dark', has: 'mayGoDark' },
];

/** An arrow may stand dark in the place of red. */
const darkForRed: readonly Step[] = [
  { from: 'red', to: 'dark', has: 'mayGoDark' },
  { from: 'dark', to: 'red', has: 'mayGoDark' },
  { from: 'dark', to: 'green', has: 'mayGoDark' },
];

/** Lawful changes. Source: GB 14886 order of lamps; the rule's own list for each lamp type. */
const steps: Readonly<Record<GateLampKind, readonly Step[]>> = {
  vehicle: [
    { from: 'red', to: 'green' },
    { from: 'red', to: 'red-yellow', has: 'hasRedYellow' },
    { from: 'red', to: 'yellow', has: 'hasRedYellow' },
    { from: 'red-yellow', to: 'green' },
    { from: 'green', to: 'flashing-green', has: 'hasFlashingGreen' },
    { from: 'green', to: 'yellow' },
    { from: 'flashing-green', to: 'yellow' },
    { from: 'yellow', to: 'red' },
    { from: 'yellow', to: 'dark', has: 'mayGoDark' },
    { from: 'dark', to: 'red-yellow', has: 'mayGoDark' },
    ...darkForRed,
    ...flashing,
  ],
  pedestrian: [
    { from: 'red', to: 'green' },
    { from: 'green', to: 'flashing-green', has: 'hasFlashingGreen' },
    { from: 'green', to: 'red', has: 'hasFlashingGreen', not: true },
    { from: 'flashing-green', to: 'red' },
    { from: 'flashing-green', to: 'dark', has: 'mayGoDark' },
    ...darkForRed,
    ...flashing,
  ],
  warning: [
    { from: 'any', to: 'dark' },
    { from: 'any', to: 'yellow' },
    { from: 'any', to: 'red' },
    ...flashing,
  ],
};

/** Whether a group may change from one colour to another. Staying is not a change. */
export function mayFollow(group: GateGroup, from: WitnessColour, to: WitnessColour): boolean {
  return steps[group.kind].some(
    (step) =>
      step.to === to &&
      (step.from === from || step.from === 'any') &&
      (step.has === undefined || group[step.has] !== (step.not === true)),
  );
}

const moving: ReadonlySet<WitnessColour> = new Set(['green', 'flashing-green', 'yellow']);
/** Whether a lamp lets its users be in the junction. */
export const isMoving = (colour: WitnessColour): boolean => moving.has(colour);
export const isGreen = (colour: WitnessColour): boolean =>
  colour === 'green' || colour === 'flashing-green';

/** R6 by what lamps show, for a pair of which neither yields. */
export function coloursConflict(a: WitnessColour, b: WitnessColour): boolean {
  return (isMoving(a) && (isMoving(b) || b === 'flashing-yellow')) ||
    (isMoving(b) && a === 'flashing-yellow');
}

/** One phase as the bytes show it. */
export interface ShownPhase {
  readonly shown: Shown;
  /** Protected green, or the clearance that follows one. */
  readonly isProtected: boolean;
  readonly mayGoDark: boolean;
}

const shownMoving: ReadonlySet<Shown> = new Set([
  'flashing-green', 'permissive', 'protected', 'yellow',
]);

/** A protected green bears beside it only red, a lawful dark, or what is not told at all. */
function harmsProtected(a: ShownPhase, b: ShownPhase): boolean {
  if (!a.isProtected) return false;
  if (b.shown === 'dark') return !b.mayGoDark;
  return b.shown !== 'red' && b.shown !== 'unavailable';
}

/** R6 by what the bytes say. */
export function shownConflict(a: ShownPhase, b: ShownPhase, yields: boolean): boolean {
  if (harmsProtected(a, b) || harmsProtected(b, a)) return true;
  if (yields) return false;
  const aMoves = shownMoving.has(a.shown);
  const bMoves = shownMoving.has(b.shown);
  return (aMoves && (bMoves || b.shown === 'flashing-yellow')) ||
    (bMoves && a.shown === 'flashing-yellow');
}
