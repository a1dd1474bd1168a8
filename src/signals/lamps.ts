import type { LampType, SignalGroup } from '../model/road.ts';
import type { LampAspect, RightOfWay, SignalGroupState } from '../model/signal.ts';

const steady = (colour: LampAspect['colour']): LampAspect => ({ colour, flashing: false });
const FLASHING_GREEN: LampAspect = { colour: 'green', flashing: true };

/** Whether green ends with yellow. Pedestrian and lane lamps have none. */
const hasYellow: Readonly<Record<LampType, boolean>> = {
  vehicle: true,
  'arrow-left': true,
  'arrow-straight': true,
  'arrow-right': true,
  'arrow-u-turn': true,
  'non-motor': true,
  pedestrian: false,
  lane: false,
  'waiting-area': true,
  'flashing-warning': false,
};

/**
 * What an aspect allows. Flashing green still allows; steady yellow allows nobody new to enter;
 * flashing yellow lets one pass with care. A head that may go dark says nothing while dark.
 */
export function rightOfWayOf(group: SignalGroup, shown: LampAspect): RightOfWay {
  switch (shown.colour) {
    case 'green':
      return group.permissive ? 'permissive' : 'protected';
    case 'yellow':
      return shown.flashing ? 'permissive' : 'none';
    case 'red':
    case 'red-yellow':
      return 'none';
    case 'dark':
      return group.mayGoDark ? 'none' : 'unknown';
    case 'unknown':
      return 'unknown';
  }
}

/**
 * What comes after an aspect by the lamp's legal order (GB 14886, rule R7): green, flashing green
 * where the site has it, yellow, red, red and yellow where the site has it, green. Null where the
 * order does not tell.
 */
export function nextOf(group: SignalGroup, shown: LampAspect): SignalGroupState['next'] {
  const { lampType, hasFlashingGreen, hasRedYellow, yellowS } = group;
  if (lampType === 'flashing-warning') return null;
  const next = (aspect: LampAspect, durationMs: number | null = null) => ({ aspect, durationMs });
  if (shown.colour === 'green') {
    if (!shown.flashing && hasFlashingGreen) return next(FLASHING_GREEN);
    const yellow = hasYellow[lampType] && yellowS > 0;
    return yellow ? next(steady('yellow'), 1000 * yellowS) : next(steady('red'));
  }
  if (shown.flashing) return null; // flash mode: what ends it is not in the lamps
  if (shown.colour === 'yellow') return next(steady('red'));
  if (shown.colour === 'red') return next(steady(hasRedYellow ? 'red-yellow' : 'green'));
  if (shown.colour === 'red-yellow') return next(steady('green'));
  return null;
}
