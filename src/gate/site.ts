/** What the gate must know of a site: plain data, made from the accepted site. */
import type { WitnessColour } from '../base/evidence.ts';
import type { Geodetic } from '../base/geodesy.ts';
import type { GateLimits, RuleId } from './rules.ts';

/** How a group's lamps are built, as far as their order goes. */
export type GateLampKind = 'vehicle' | 'pedestrian' | 'warning';

/**
 * One signal group. `lampGroup` is its key at the controller, as a witness names it; `permissive`:
 * its green gives way and is never shown as protected; `inMap`: a lane of the MAP names its phase.
 */
export interface GateGroup {
  readonly id: string; readonly lampGroup: string; readonly phase: number;
  readonly kind: GateLampKind;
  readonly hasFlashingGreen: boolean; readonly hasRedYellow: boolean; readonly mayGoDark: boolean;
  readonly permissive: boolean; readonly inMap: boolean;
  readonly minGreenS: number; readonly yellowS: number;
}

type Pairs = readonly (readonly [string, string])[];

export interface GateNode {
  readonly region: number; readonly id: number;
  readonly groups: readonly GateGroup[];
  /** Key of the witness in the gate's options: the controller driver's kind. Null without lamps. */
  readonly witness: string | null;
  /** Slow sources (about 1 Hz) live under R1b. */
  readonly slow: boolean;
  /** Lamp groups of the controller that the site leaves out on purpose. */
  readonly ignored: readonly string[];
  /** Time from the lamp's change to the first octet of its report. */
  readonly controllerDelayMs: number;
  /** `laneTable` of every MAP variant that was approved. Empty: no MAP and no colours leave. */
  readonly lanes: readonly string[];
  /** `pinOf` of every approved MAP (R38); where left out, lanes and phases alone are pinned. */
  readonly pins?: readonly string[];
  /** Ids of groups; each pair once. */
  readonly conflicting: Pairs; readonly yielding: Pairs;
  readonly intergreens: readonly {
    readonly from: string; readonly to: string; readonly clearanceS: number;
  }[];
  /** Outer bound of road users, 1e-7 degrees, 30 m around the map included. */
  readonly area: {
    readonly latMin: number; readonly latMax: number;
    readonly longMin: number; readonly longMax: number;
  };
  /** Origin of the site frame: places of road users are compared from there (R20). */
  readonly reference?: Geodetic;
}

/** What a light code means, whatever the profile. The last two are clearances of their own. */
export type Shown =
  | 'unavailable' | 'dark' | 'red' | 'flashing-red' | 'red-yellow' | 'flashing-green'
  | 'permissive' | 'protected' | 'yellow' | 'flashing-yellow'
  | 'permissive-yellow' | 'protected-yellow';

export interface GateProfile {
  /** As in the offer. */
  readonly name: string; readonly edition: 'A' | 'B';
  /** Meaning of each light code. */
  readonly lights: readonly Shown[];
  /** What may be said of a colour, besides `unavailable`. */
  readonly sayable: Readonly<Record<WitnessColour, readonly Shown[]>>;
  /** Time marks. */
  readonly overHour: number; readonly unknownTime: number;
  readonly idCeiling: number; readonly sizeOctets: number;
  /** Times are absolute: silence without a trusted clock (R15), no slow sources (R1b). */
  readonly absolute?: boolean;
  /** R17: the last millisecond of a minute, 59999 unless said. */
  readonly msMax?: number;
  /** R21: a count may also stand still. */
  readonly countsChanges?: boolean;
}

/** The Chinese phase-1 profile. Source: T/CSAE 53-2020, DE_LightState and DE_TimeMark. */
export const chinaGateProfile: GateProfile = {
  name: 'A', edition: 'A',
  lights: [
    'unavailable', 'dark', 'flashing-red', 'red', 'flashing-green', 'permissive', 'protected',
    'yellow', 'flashing-yellow',
  ],
  sayable: {
    red: ['red'], yellow: ['yellow'], green: ['permissive', 'protected'],
    'red-yellow': ['red', 'yellow'], dark: ['dark'], 'flashing-red': ['flashing-red'],
    'flashing-yellow': ['flashing-yellow'], 'flashing-green': ['flashing-green'], unknown: [],
  },
  overHour: 36000, unknownTime: 36001, idCeiling: 65535, sizeOctets: 2302,
};

/** The rows of the profiles in circulation; each has its own lamp table. */
export const gateProfiles: readonly GateProfile[] = [
  chinaGateProfile, { ...chinaGateProfile, name: 'B', edition: 'B' },
  { ...chinaGateProfile, name: 'P2' }, { ...chinaGateProfile, name: 'D2', edition: 'B' },
];

/** What an engineer confirmed at the junction: the hash of the site's safety part. */
export interface Commissioning { readonly hash: string }

export interface GateSite {
  readonly mode: 'demo' | 'bench' | 'live';
  /** Null or false: never. `true` stands for a confirmation of just this safety part. */
  readonly commissioned: Commissioning | boolean | null;
  /** Of the site as it is now. */
  readonly safetyHash?: string;
  /** Addresses outside loopback that the declared bench mode may reach. */
  readonly benchAddresses: readonly string[];
  readonly nodes: readonly GateNode[];
  /** The profiles that offers may be in. */
  readonly profiles: readonly GateProfile[];
  /** Name of the one that SPAT is said in; the first where left out. */
  readonly profile?: string;
  readonly limits: GateLimits;
}

/** Whether every group was confirmed and the safety part has not changed since. */
export function commissioningOf({ commissioned: by, safetyHash }: GateSite): Approval {
  if (!by || by === true) return by ? 'yes' : 'no';
  return by.hash === safetyHash ? 'yes' : 'changed';
}
export type Approval = 'yes' | 'no' | 'changed';

export const gateNodeKey = (region: number, id: number): string => `${region}-${id}`;

/** Why a message does not pass, or why a level is not higher. */
export interface Breach {
  readonly rule: RuleId; readonly reason: string; readonly expected: string; readonly got: string;
}
