/** What the gate must know of a site, made from the accepted site and the bytes of its MAP. */
import { siteFrame } from './base/geodesy.ts';
import { driverByKind } from '../drivers/index.ts';
import type {
  GateSpatEvidence, GateStatus, GateTiming, WitnessColour,
} from './base/evidence.ts';
import { gateProfiles } from './gate/site.ts';
import type {
  Commissioning, GateGroup, GateLampKind, GateNode, GateSite,
} from './gate/site.ts';
import { decode, editions } from './gate/decode.ts';
import { laneTable, pinOf } from './gate/messages.ts';
import { defaultLimits } from './gate/rules.ts';
import { nodeKey } from './model/ids.ts';
import type { NodeId } from './model/ids.ts';
import type { MapVariant } from './model/stages.ts';
import { servedNodes } from './model/road.ts';
import type { LampType, SignalGroup } from './model/road.ts';
import { followingOf, sureness } from './model/signal.ts';
import type {
  ControllerStatus, LampAspect, SignalGroupState, SignalState,
} from './model/signal.ts';
import type { Site } from './model/site.ts';

const lampKinds: Readonly<Record<LampType, GateLampKind>> = {
  vehicle: 'vehicle',
  'arrow-left': 'vehicle',
  'arrow-straight': 'vehicle',
  'arrow-right': 'vehicle',
  'arrow-u-turn': 'vehicle',
  'non-motor': 'vehicle',
  lane: 'vehicle',
  'waiting-area': 'vehicle',
  pedestrian: 'pedestrian',
  'flashing-warning': 'warning',
};

function gateGroup(site: Site, group: SignalGroup): GateGroup {
  const { movements, crossings } = site.road;
  const inMap =
    crossings.some((crossing) => crossing.signalGroup === group.id) ||
    movements.some(
      (movement) => movement.signalGroup === group.id || movement.waitingArea?.signalGroup === group.id,
    );
  return {
    id: group.id,
    lampGroup: group.lampGroup,
    phase: group.phase,
    kind: lampKinds[group.lampType],
    hasFlashingGreen: group.hasFlashingGreen,
    hasRedYellow: group.hasRedYellow,
    mayGoDark: group.mayGoDark,
    permissive: group.permissive,
    inMap,
    minGreenS: group.minGreenS,
    yellowS: group.yellowS,
  };
}

/** Road users may be up to this far outside the map (rule R32), metres. */
const OUTSIDE_M = 30;

function areaOf(site: Site): GateNode['area'] {
  const frame = siteFrame(site.frame.reference);
  const points = [
    ...site.road.links.flatMap(({ points: line }) => line),
    ...site.road.zones.flatMap(({ outline }) => outline),
  ];
  const east = points.map(([eastM]) => eastM);
  const north = points.map(([, northM]) => northM);
  const corner = (eastM: number, northM: number) => frame.toGeodetic({ eastM, northM, upM: 0 });
  const low = corner(Math.min(...east) - OUTSIDE_M, Math.min(...north) - OUTSIDE_M);
  const high = corner(Math.max(...east) + OUTSIDE_M, Math.max(...north) + OUTSIDE_M);
  const unit = (degrees: number): number => Math.round(degrees * 1e7);
  return {
    latMin: unit(low.latDeg),
    latMax: unit(high.latDeg),
    longMin: unit(low.lonDeg),
    longMax: unit(high.lonDeg),
  };
}

/** Lanes and phases of a node's MAP as the gate itself reads them. */
function laneTablesOf(node: NodeId, maps: readonly MapVariant[], profile: string): string[] {
  const row = gateProfiles.find(({ name }) => name === profile);
  if (!row) return []; // the gate refuses whatever comes in a profile that it has no row for
  return maps.flatMap((variant) => {
    if (nodeKey(variant.node) !== nodeKey(node)) return [];
    const read = decode(variant.bytes, editions[row.edition]).message;
    if (read?.type !== 'MAP') return [];
    return read.nodes
      .filter(({ id }) => (id.region ?? 0) === node.region && id.id === node.id)
      .map(laneTable);
  });
}

/** Content of a node's MAP variants, which is pinned as well (rule R38). */
function pinsOf(node: NodeId, maps: readonly MapVariant[], profile: string): string[] {
  const { edition = 'A' } = gateProfiles.find(({ name }) => name === profile) ?? {};
  return maps
    .filter((variant) => nodeKey(variant.node) === nodeKey(node))
    .flatMap(({ bytes }) => pinOf(bytes, edition) ?? []);
}

/**
 * The gate's site.
 * @param maps every MAP variant that may leave, encoded: their content is pinned (R18, R38).
 * @param commissioned what `lukou commission` wrote of this site; null or false for nothing.
 */
export function gateSiteOf(
  site: Site, maps: readonly MapVariant[], commissioned: Commissioning | boolean | null,
): GateSite {
  const area = areaOf(site);
  const ids = (pairs: readonly (readonly [string, string])[], groups: ReadonlySet<string>) =>
    pairs.filter(([a, b]) => groups.has(a) && groups.has(b));
  const nodes = servedNodes(site.road).map((node): GateNode => {
    const groups = site.road.signalGroups.filter((group) => nodeKey(group.node) === nodeKey(node.id));
    const own = new Set<string>(groups.map(({ id }) => id));
    const controller = site.controllers.find(({ id }) => id === node.controllerId);
    return {
      region: node.id.region,
      id: node.id.id,
      groups: groups.map((group) => gateGroup(site, group)),
      witness: groups.length > 0 ? (controller?.driver ?? null) : null,
      // Asked less than every 300 ms on purpose: a slow source, under rule R1b.
      slow: Number(controller?.options['queryPeriodMs'] ?? 0) > defaultLimits.pushAgeMs,
      ignored: site.road.ignoredLampGroups
        .filter(({ controllerId }) => controllerId === node.controllerId)
        .map(({ lampGroup }) => lampGroup),
      // Rule R1 counts from the lamp: what lies before the arrival is in the age.
      controllerDelayMs: Number(controller?.options['latencyMs'] ?? 0),
      lanes: laneTablesOf(node.id, maps, site.profile),
      pins: pinsOf(node.id, maps, site.profile),
      conflicting: ids(site.road.conflicts.conflicting, own),
      yielding: ids(site.road.conflicts.yielding, own),
      intergreens: site.road.conflicts.intergreens.filter(({ from, to }) => own.has(from) && own.has(to)),
      area,
      reference: site.frame.reference,
    };
  });
  const strict = site.air.ids === 'strict';
  return {
    mode: site.mode,
    commissioned,
    safetyHash: safetyHashOf(site),
    profile: site.profile,
    benchAddresses: site.mode === 'bench' ? site.rsus.map(({ host }) => host) : [],
    nodes,
    profiles: strict ? gateProfiles.map((row) => ({ ...row, idCeiling: 255 })) : gateProfiles,
    limits: defaultLimits,
  };
}

/** The hash of what an engineer confirms at the junction: groups, matrix, lamps, phases, limits. */
export const safetyHashOf = ({ safetyHash }: Site): string => safetyHash;

/** The witnesses of the drivers that a site uses. */
export function witnessesOf(site: Site): Record<string, NonNullable<ReturnType<typeof witnessOf>>> {
  const found: Record<string, NonNullable<ReturnType<typeof witnessOf>>> = {};
  for (const { driver } of site.controllers) {
    const witness = witnessOf(driver);
    if (witness) found[driver] = witness;
  }
  return found;
}

function witnessOf(kind: string) {
  const driver = driverByKind(kind);
  return driver?.role === 'signal' ? driver.witness : null;
}

/** Whether some group's end has a range: then a coordinated controller runs no fixed plan. */
const isRanged = (groups: readonly SignalGroupState[]): boolean => groups.some(({ timing }) =>
  timing?.minEnd && timing.maxEnd &&
  timing.maxEnd.atMs - timing.minEnd.atMs > timing.resolutionMs + 100);

/**
 * A controller's status in the gate's terms; only the bits that an unavailable SPAT keeps, if so.
 * @param groups decide whether coordination is fixed or actuated.
 */
export function gateStatusOf(
  status: ControllerStatus, unavailable: boolean, groups: readonly SignalGroupState[] = [],
): GateStatus {
  const { mode } = status;
  const ranged = mode === 'coordinated' && isRanged(groups);
  return {
    fixedTime: !unavailable && (mode === 'fixed-time' || (mode === 'coordinated' && !ranged)),
    actuated: !unavailable && (mode === 'actuated' || mode === 'adaptive' || ranged),
    standby: !unavailable && mode === 'flashing' && !status.failureFlash,
    manual: !unavailable && (status.manualControl || mode === 'manual'),
    stopTime: !unavailable && status.stopTime,
    failureFlash: status.failureFlash,
    preempt: !unavailable && status.preempt,
    priority: !unavailable && status.priority,
    failure: status.fault,
    off: mode === 'off',
  };
}

/** An aspect as a witness names it. */
const colourOf = ({ colour, flashing }: LampAspect): WitnessColour => {
  if (!flashing || colour === 'unknown') return colour;
  return colour === 'red' || colour === 'yellow' || colour === 'green' ? `flashing-${colour}` : 'unknown';
};

const share = (value: number): number => Math.min(Math.max(value, 0), 1);

function timingsOf(group: SignalGroupState): readonly GateTiming[] {
  const timing = group.timing;
  const present: GateTiming = {
    startMs: timing?.beganMs ?? null,
    minEndMs: timing?.minEnd?.source === 'controller-guarantee' ? timing.minEnd.atMs : null,
    maxEndMs: timing?.maxEnd?.atMs ?? null,
    likelyEndMs: timing?.likelyEnd?.atMs ?? null,
    confidence: timing?.likelyEnd
      ? share(timing.confidence ?? sureness[timing.likelyEnd.source])
      : null,
    nextStartMs: group.again?.startMs ?? null,
    nextDurationMs: group.again?.durationMs ?? null,
    resolutionMs: timing?.resolutionMs ?? 1000,
  };
  const following = followingOf(group).map((state): GateTiming => ({
    startMs: state.startMs,
    minEndMs: null,
    maxEndMs: null,
    likelyEndMs: state.likelyEndMs,
    confidence: share(state.confidence),
    colour: colourOf(state.aspect),
    resolutionMs: present.resolutionMs,
  }));
  return [present, ...following];
}

/** What stands behind the SPAT of a state. */
export function spatEvidenceOf(site: Site, state: SignalState, unavailable: boolean): GateSpatEvidence {
  const timings: Record<number, readonly GateTiming[]> = {};
  const phases = new Map(site.road.signalGroups.map((group) => [group.id, group.phase]));
  for (const group of state.groups) {
    const phase = phases.get(group.signalGroup);
    // Groups that share a phase are equal; the composer says the first of them.
    if (phase !== undefined && !(phase in timings)) timings[phase] = timingsOf(group);
  }
  return { frames: state.evidence, status: gateStatusOf(state.status, unavailable, state.groups), timings };
}
