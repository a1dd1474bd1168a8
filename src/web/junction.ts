import { driverByKind } from '../../drivers/index.ts';
import { catalogue } from '../base/texts/index.ts';
import { webTexts } from '../base/texts/web.ts';
import type { Text } from '../base/text.ts';
import { nodeKey } from '../model/ids.ts';
import type { RoadPoint } from '../model/road.ts';
import type { Site } from '../model/site.ts';

const flat = (points: readonly RoadPoint[]): readonly (readonly [number, number])[] =>
  points.map(([eastM, northM]) => [eastM, northM]);

/**
 * What the page draws once: the road, the sensors with their fields of view, the texts. Fields are
 * named one by one: nothing of ports, clouds or driver options may leave this way.
 */
export function junctionDocument(site: Site): unknown {
  const { road } = site;
  return {
    formatVersion: 1,
    id: site.id,
    name: site.name,
    mode: site.mode,
    nodes: road.nodes.map((node) => ({
      id: nodeKey(node.id),
      name: node.name,
      area: flat(node.area),
      hasLamps: node.controllerId !== null,
    })),
    lanes: road.lanes.map((lane) => ({
      id: lane.id,
      kind: lane.kind,
      widthM: lane.widthM,
      points: flat(lane.points),
      manoeuvres: [...new Set(lane.uses.flatMap((use) => use.manoeuvres))],
      isApproach: road.movements.some((movement) => movement.fromLane === lane.id),
    })),
    movements: road.movements.map((movement) => ({
      id: movement.id,
      fromLane: movement.fromLane,
      manoeuvre: movement.manoeuvre,
      signalGroup: movement.signalGroup,
      waitingArea: movement.waitingArea,
    })),
    crossings: road.crossings.map((crossing) => ({
      id: crossing.id,
      widthM: crossing.widthM,
      points: flat(crossing.points),
      signalGroup: crossing.signalGroup,
    })),
    signalGroups: road.signalGroups.map((group) => ({
      id: group.id,
      node: nodeKey(group.node),
      lampType: group.lampType,
      phase: group.phase,
    })),
    sensors: site.sensors
      .filter((sensor) => sensor.enabled)
      .map((sensor) => ({
        id: sensor.id,
        sensing: sensor.sensing,
        driver: sensor.driver,
        eastM: sensor.pose.eastM,
        northM: sensor.pose.northM,
        headingRad: sensor.pose.headingRad,
        rangeMinM: sensor.fieldOfView.rangeMinM,
        rangeMaxM: sensor.fieldOfView.rangeMaxM,
        halfAngleRad: sensor.fieldOfView.halfAngleRad,
        outline: sensor.fieldOfView.outline === null ? null : flat(sensor.fieldOfView.outline),
      })),
    texts: webTexts satisfies Readonly<Record<string, Text>>,
    names: meanings(site),
  };
}

/** Areas whose keys are names of counters or rules. */
const nameAreas = ['counters', 'fusion', 'gate', 'runtime', 'v2x', 'webCounters'] as const;

/** What counters and rules mean, by their names; those of a device's driver as `id.name`. */
function meanings(site: Site): Readonly<Record<string, Text>> {
  const names: Record<string, Text> = {};
  for (const area of nameAreas) Object.assign(names, catalogue[area]);
  for (const { id, driver } of [...site.sensors, ...site.controllers]) {
    const declared = Object.entries(driverByKind(driver)?.counters ?? {});
    for (const [name, text] of declared) names[`${id}.${name}`] = text;
  }
  return names;
}
