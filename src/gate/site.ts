/** What the gate must know of a site: plain data, made from the accepted site. */
import type { WitnessColour } from '../base/evidence.ts';
import { filledText } from '../base/text.ts';
import type { Text, TextValues } from '../base/text.ts';
import { gateSiteTexts as texts } from '../base/texts/gate.ts';
import type { GateLimits, RuleId } from './rules.ts';

/** How a group's lamps are built, as far as their order goes. */
export type GateLampKind = 'vehicle' | 'pedestrian' | 'warning';

export interface GateGroup {
  readonly id: string;
  /** Key at the controller, as a witness names it. */
  readonly lampGroup: string;
  readonly phase: number;
  readonly kind: GateLampKind;
  readonly hasFlashingGreen: boolean;
  readonly hasRedYellow: boolean;
  readonly mayGoDark: boolean;
  /** Green gives way to others: it is never shown as protected. */
  readonly permissive: boolean;
  /** Whether a lane of the MAP must name its phase. */
  readonly inMap: boolean;
  readonly minGreenS: number;
  readonly yellowS: number;
}

export interface GateNode {
  readonly region: number;
  readonly id: number;
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
  /** Ids of groups; each pair once. */
  readonly conflicting: readonly (readonly [string, string])[];
  readonly yielding: readonly (readonly [string, string])[];
  readonly intergreens: readonly {
    readonly from: string;
    readonly to: string;
    readonly clearanceS: number;
  }[];
  /** Outer bound of road users, 1e-7 degrees, 30 m around the map included. */
  readonly area: {
    readonly latMin: number;
    readonly latMax: number;
    readonly longMin: number;
    readonly longMax: number;
  };
}

/** What a light code means, whatever the profile. */
export type Shown =
  | 'unavailable' | 'dark' | 'red' | 'flashing-red' | 'flashing-green'
  | 'permissive' | 'protected' | 'yellow' | 'flashing-yellow';

export interface GateProfile {
  /** As in the offer. */
  readonly name: string;
  readonly edition: 'A' | 'B';
  /** Meaning of each light code. */
  readonly lights: readonly Shown[];
  /** What may be said of a colour, besides `unavailable`. */
  readonly sayable: Readonly<Record<WitnessColour, readonly Shown[]>>;
  /** Time marks. */
  readonly overHour: number;
  readonly unknownTime: number;
  readonly idCeiling: number;
  readonly sizeOctets: number;
}

/** The Chinese phase-1 profile. Source: T/CSAE 53-2020, DE_LightState and DE_TimeMark. */
export const chinaGateProfile: GateProfile = {
  name: 'A',
  edition: 'A',
  lights: [
    'unavailable', 'dark', 'flashing-red', 'red', 'flashing-green', 'permissive', 'protected',
    'yellow', 'flashing-yellow',
  ],
  sayable: {
    red: ['red'],
    yellow: ['yellow'],
    green: ['permissive', 'protected'],
    'red-yellow': ['red', 'yellow'],
    dark: ['dark'],
    'flashing-red': ['flashing-red'],
    'flashing-yellow': ['flashing-yellow'],
    'flashing-green': ['flashing-green'],
    unknown: [],
  },
  overHour: 36000,
  unknownTime: 36001,
  idCeiling: 65535,
  sizeOctets: 2302,
};

export interface GateSite {
  readonly mode: 'demo' | 'bench' | 'live';
  /** An engineer confirmed every group and the safety part has not changed since. */
  readonly commissioned: boolean;
  /** Addresses outside loopback that the declared bench mode may reach. */
  readonly benchAddresses: readonly string[];
  readonly nodes: readonly GateNode[];
  readonly profiles: readonly GateProfile[];
  readonly limits: GateLimits;
}

export const gateNodeKey = (region: number, id: number): string => `${region}-${id}`;

/** A site that the gate cannot work with: what is wrong, one sentence each. Empty when fine. */
export function problemsOf(site: GateSite): Text[] {
  const problems: Text[] = [];
  for (const node of site.nodes) {
    const at = gateNodeKey(node.region, node.id);
    const groups = new Map(node.groups.map((group) => [group.id, group]));
    const say = (wrong: boolean, text: Text, values: TextValues = {}): void => {
      if (!wrong) return;
      const problem = filledText(text, values);
      problems.push(filledText(texts.node_problem, { node: at, problem }));
    };
    say(groups.size !== node.groups.length, texts.group_twice);
    say(node.groups.length > 0 && node.witness === null, texts.no_witness);
    for (const { id, phase } of node.groups) {
      say(!(phase >= 1 && phase <= 255), texts.phase, { id, phase });
    }
    const test = site.mode !== 'live' && (node.region !== 0 || node.id > 255);
    say(test, texts.test_region, { mode: site.mode });
    for (const [a, b] of [...node.conflicting, ...node.yielding]) {
      say(!groups.has(a) || !groups.has(b) || a === b, texts.pair_groups, { a, b });
    }
    for (const [a, b] of node.yielding) {
      const protects = groups.get(a)?.permissive === false || groups.get(b)?.permissive === false;
      say(protects, texts.pair_permissive, { a, b });
    }
  }
  return problems;
}

/** Why a message does not pass, or why a level is not higher. */
export interface Breach {
  readonly rule: RuleId;
  readonly reason: string;
  readonly expected: string;
  readonly got: string;
}
