/** What lamps may do: one after the other (R7) and one beside the other (R6). */
import type { WitnessColour } from '../base/evidence.ts';
import type { GateGroup, GateLampKind, Shown } from './site.ts';

type Property = 'hasFlashingGreen' | 'hasRedYellow' | 'mayGoDark';
/** From, to, and a property that the group must have, or (with `not`) must not have. */
type Step = readonly [WitnessColour | 'any', WitnessColour, Property?, 'not'?];

/** An order of states that a controller falls into when it fails or rests: to and from flashing. */
const flashing: readonly Step[] = [
  ['any', 'flashing-yellow'], ['any', 'flashing-red'], ['flashing-yellow', 'red'],
  ['flashing-red', 'red'], ['flashing-yellow', 'yellow'], ['flashing-yellow', 'dark', 'mayGoDark'],
];
/** An arrow may stand dark in the place of red. */
const darkForRed: readonly Step[] = [
  ['red', 'dark', 'mayGoDark'], ['dark', 'red', 'mayGoDark'], ['dark', 'green', 'mayGoDark'],
];

/** Lawful changes. Source: GB 14886 order of lamps; the rule's own list for each lamp type. */
const steps: Readonly<Record<GateLampKind, readonly Step[]>> = {
  vehicle: [
    ['red', 'green'], ['red', 'red-yellow', 'hasRedYellow'], ['red', 'yellow', 'hasRedYellow'],
    ['red-yellow', 'green'], ['green', 'flashing-green', 'hasFlashingGreen'], ['green', 'yellow'],
    ['flashing-green', 'yellow'], ['yellow', 'red'], ['yellow', 'dark', 'mayGoDark'],
    ['dark', 'red-yellow', 'mayGoDark'], ...darkForRed, ...flashing,
  ],
  pedestrian: [
    ['red', 'green'], ['green', 'flashing-green', 'hasFlashingGreen'],
    ['green', 'red', 'hasFlashingGreen', 'not'], ['flashing-green', 'red'],
    ['flashing-green', 'dark', 'mayGoDark'], ...darkForRed, ...flashing,
  ],
  warning: [['any', 'dark'], ['any', 'yellow'], ['any', 'red'], ...flashing],
};

/** Whether a group may change from one colour to another. Staying is not a change. */
export function mayFollow(group: GateGroup, from: WitnessColour, to: WitnessColour): boolean {
  return steps[group.kind].some(([before, after, has, not]) =>
    after === to && (before === from || before === 'any') &&
    (has === undefined || group[has] !== (not === 'not')));
}

/** Whether a lamp lets its users be in the junction. */
export const isMoving = (colour: WitnessColour): boolean => isGreen(colour) || colour === 'yellow';
export const isGreen = (colour: WitnessColour): boolean =>
  colour === 'green' || colour === 'flashing-green';

/** R6 by what lamps show, for a pair of which neither yields. */
export function coloursConflict(a: WitnessColour, b: WitnessColour): boolean {
  return (isMoving(a) && (isMoving(b) || b === 'flashing-yellow')) ||
    (isMoving(b) && a === 'flashing-yellow');
}

/** One phase as the bytes show it; `isProtected`: a protected green, or its clearance. */
export interface ShownPhase {
  readonly shown: Shown; readonly isProtected: boolean; readonly mayGoDark: boolean;
}

const greens: ReadonlySet<Shown> = new Set(['permissive', 'protected', 'flashing-green']);
export const isGreenShown = (shown: Shown): boolean => greens.has(shown);
/** A clearance, which is as protected as what came before it. */
export const isClearance = (shown: Shown): boolean =>
  shown === 'flashing-green' || shown.endsWith('yellow') && shown !== 'flashing-yellow' &&
  shown !== 'red-yellow';
const moves = (shown: Shown): boolean => isGreenShown(shown) || isClearance(shown);

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
  return (moves(a.shown) && (moves(b.shown) || b.shown === 'flashing-yellow')) ||
    (moves(b.shown) && a.shown === 'flashing-yellow');
}
