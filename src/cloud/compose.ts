import { NORMAL_95, bound95M, speedBound95Mps } from '../base/covariance.ts';
import { siteFrame } from '../base/geodesy.ts';
import type { SiteFrame } from '../base/geodesy.ts';
import type { Stamp } from '../base/time.ts';
import { headingRadToNorthDeg, radToDeg, rounded as round } from '../base/units.ts';
import type { RoadEvent, RoadEventKind } from '../model/event.ts';
import type { HealthCheck } from '../model/health.ts';
import { nodeKey } from '../model/ids.ts';
import { mayCarry } from '../model/privacy.ts';
import type { LaneId } from '../model/ids.ts';
import type { Manoeuvre, RoadLane } from '../model/road.ts';
import type { RoadUserClass } from '../model/roaduser.ts';
import type {
  LampAspect, RightOfWay, SignalGroupState, SignalState, TimingSource,
} from '../model/signal.ts';
import type { CloudSettings, Site } from '../model/site.ts';
import type { CityComposer, CityInput, CityMessage } from '../model/stages.ts';
import type { LaneStatistic } from '../model/statistic.ts';
import type { Track } from '../model/track.ts';

/** What the composer is made with. */
export interface CityContext {
  readonly site: Site;
  readonly cloud: CloudSettings;
  readonly softwareVersion: string;
  /** Code of an event by the standard that the air interface uses too. */
  eventCode(kind: RoadEventKind): number;
}

const EVENT_PERIOD_MS = 1000;

/** ptcType and vehicleClass of T/ITS 0180.1 ([R12]: the 0..6 scale). */
const kinds: Readonly<Record<RoadUserClass, readonly [type: number, vehicle: number | null]>> = {
  unknown: [0, null],
  car: [1, 1],
  van: [1, 1],
  truck: [1, 2],
  bus: [1, 4],
  motorcycle: [1, 3],
  bicycle: [2, null],
  pedestrian: [3, null],
};

/** sourceType of 1.7; several kinds together are the unit itself. */
const sourceTypes: Readonly<Record<string, number>> = {
  camera: 3,
  lidar: 4,
  radar: 5,
  loop: 7,
  v2x: 2,
};
/** deviceType of 1.5 for what is no sensor; the rest is the unit itself. */
const partTypes: Readonly<Record<string, number>> = { rsu: 1, controller: 5 };
/** deviceType of 1.5. */
const deviceTypes: Readonly<Record<string, number>> = { camera: 2, radar: 3, lidar: 4 };
const flowTypes: Readonly<Record<Manoeuvre, number>> = {
  straight: 1,
  left: 2,
  right: 3,
  'u-turn': 4,
};

/** Index of the first bound that holds a value, counted as the air enumerations count. */
const rank = (bounds: readonly number[], value: number): number => {
  const index = bounds.findIndex((bound) => value <= bound);
  return index < 0 ? 0 : bounds.length - index;
};
const positionBoundsM = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500];
const speedBoundsMps = [0.01, 0.05, 0.1, 1, 5, 10, 100];
const headingBoundsDeg = [0.0125, 0.01, 0.05, 0.1, 1, 5, 10];

const whole = (stamp: Stamp): number => Math.floor(stamp.utcMs);

/** lightStatus of form B: the air scale. */
function lightStatus({ colour, flashing }: LampAspect, rightOfWay: RightOfWay): number {
  if (colour === 'dark') return 1;
  if (colour === 'red') return flashing ? 2 : 3;
  if (colour === 'red-yellow') return 3;
  if (colour === 'green') return flashing ? 4 : rightOfWay === 'permissive' ? 5 : 6;
  if (colour === 'yellow') return flashing ? 8 : 7;
  return 0;
}

/** How sure a count-down is when its source does not say, 0..1. */
const sureness: Readonly<Record<TimingSource, number>> = {
  'controller-guarantee': 1,
  'controller-forecast': 0.9,
  learnt: 0.5,
};
/** Without a count-down the colour alone is known: half of what form B tells. */
const surenessOf = ({ timing }: SignalGroupState): number =>
  timing?.likelyEnd ? (timing.confidence ?? sureness[timing.likelyEnd.source]) : 0.5;

/** The first colour after this one, and its length; 0 where not known. */
const nextOf = (
  group: SignalGroupState | null,
): { readonly lightStatusNext: number; readonly nextCountDown: number } => ({
  lightStatusNext: group?.next ? lightStatus(group.next.aspect, group.rightOfWay) : 0,
  nextCountDown: Math.round((group?.next?.durationMs ?? 0) / 1000),
});

/** controlMode of form B. */
const controlModes: Readonly<Record<string, number>> = {
  off: 11,
  'all-red': 12,
  flashing: 13,
  'fixed-time': 21,
  actuated: 22,
  adaptive: 23,
  coordinated: 31,
  manual: 51,
};

/** Degrees and metres, as the tables name them. */
interface Place {
  readonly longitude: number;
  readonly latitude: number;
  readonly elevation: number;
}

class City implements CityComposer {
  readonly #context: CityContext;
  readonly #frame: SiteFrame;
  readonly #lanes: ReadonlyMap<LaneId, RoadLane>;
  readonly #phases: ReadonlyMap<string, number>;
  #lastLiveMs = -Infinity;
  #lastRunMs = -Infinity;
  #lastEventMs = -Infinity;
  #lastStatus = '';
  #saidBasic = false;
  #sequence = 0;

  constructor(context: CityContext) {
    this.#context = context;
    const { site } = context;
    this.#frame = siteFrame(site.frame.reference);
    this.#lanes = new Map(site.road.lanes.map((lane) => [lane.id, lane]));
    this.#phases = new Map(site.road.signalGroups.map(({ id, phase }) => [id, phase]));
  }

  compose(input: CityInput): readonly CityMessage[] {
    const { now } = input;
    const { cloud } = this.#context;
    const messages: CityMessage[] = [];
    if (!this.#saidBasic) {
      this.#saidBasic = true;
      messages.push(this.#record('basic-status/up', 'status', this.#basic(now), now));
    }
    // Half a tick of slack, so that a rate equal to the caller's is met.
    if (now.monoMs - this.#lastLiveMs >= 1000 / cloud.liveHz - 25) {
      this.#lastLiveMs = now.monoMs;
      if (input.tracks && this.#maySayWho) {
        messages.push(this.#participants(input.tracks.tracks, now));
      }
      for (const state of input.signals) messages.push(this.#lamps(state, now));
    }
    const status = input.health.map(({ name, level }) => `${name}=${level}`).join();
    const changed = status !== this.#lastStatus;
    if (changed || now.monoMs - this.#lastRunMs >= cloud.runStatusS * 1000) {
      this.#lastStatus = status;
      this.#lastRunMs = now.monoMs;
      messages.push(this.#record('run-status/up', 'status', this.#running(input.health, now), now));
    }
    const ended = input.events.filter((event) => event.ended !== null);
    const due = now.monoMs - this.#lastEventMs >= EVENT_PERIOD_MS - 25;
    if (input.events.length > 0 && (due || ended.length > 0)) {
      if (due) this.#lastEventMs = now.monoMs;
      const told = due ? input.events : ended;
      const body = this.#events(told, ended.length > 0, now);
      messages.push(this.#record('event/up', 'event', body, now));
    }
    if (input.statistics.length > 0) {
      messages.push(...this.#traffic(input.statistics, now));
    }
    return messages;
  }

  /** Places, ids and motion of single road users are pseudonymous: see `trackPrivacy`. */
  get #maySayWho(): boolean {
    return mayCarry(this.#context.cloud.privacy, 'pseudonymous');
  }

  #head(now: Stamp): { timeStamp: number; rscuSn: string } {
    return { timeStamp: whole(now), rscuSn: this.#context.cloud.rscuSerial };
  }

  #topic(name: string): string {
    return `rscu/${this.#context.cloud.rscuSerial}/${name}`;
  }

  #record(name: string, shedding: CityMessage['shedding'], body: unknown, now: Stamp): CityMessage {
    this.#sequence++;
    return {
      topic: this.#topic(name),
      payload: JSON.stringify(body),
      delivery: 'record',
      shedding,
      key: `${name}/${whole(now)}/${this.#sequence}`,
    };
  }

  #live(name: string, key: string, body: unknown): CityMessage {
    return {
      topic: this.#topic(name),
      payload: JSON.stringify(body),
      delivery: 'live',
      shedding: 'status',
      key: `${name}/${key}`,
    };
  }

  #place(eastM: number, northM: number, upM: number): Place {
    const { latDeg, lonDeg, heightM } = this.#frame.toGeodetic({ eastM, northM, upM });
    return {
      longitude: round(lonDeg, 7),
      latitude: round(latDeg, 7),
      elevation: round(heightM, 2),
    };
  }

  #basic(now: Stamp): unknown {
    const { site, softwareVersion } = this.#context;
    const sensors = site.sensors.filter((sensor) => sensor.enabled);
    const node = site.road.nodes[0];
    return {
      ...this.#head(now),
      seqNum: this.#sequence,
      regionId: site.frame.divisionCode,
      ...(node ? { crossId: nodeKey(node.id), crossName: node.name } : {}),
      ...this.#place(0, 0, 0),
      deviceType: 0,
      protocolVersion: 'T/ITS 0180.1-2021',
      rscuStatus: 0,
      active: 0, // 0 is online, as printed
      transProtocal: 'MQTT',
      softwareVersion,
      rsuNum: site.rsus.length,
      rsulist: site.rsus.map((rsu) => ({ rsuSn: rsu.unitSerial, deviceType: 1 })),
      sensorNum: sensors.length,
      sensorlist: sensors.map((sensor) => ({
        sensorSn: sensor.id,
        deviceType: deviceTypes[sensor.sensing] ?? 6,
        ...this.#place(sensor.pose.eastM, sensor.pose.northM, sensor.pose.upM),
      })),
    };
  }

  #running(health: readonly HealthCheck[], now: Stamp): unknown {
    const { site } = this.#context;
    const row = (name: string): { status: number; active: number } => {
      const level = health.find((entry) => entry.name === name)?.level;
      // 1 is offline: what was never heard is not online.
      const offline = level === 'failed' || level === 'unknown';
      return { status: level === 'failed' ? 1 : 0, active: offline ? 1 : 0 };
    };
    const failed = health.filter((entry) => entry.level === 'failed');
    const sensors = site.sensors.filter((sensor) => sensor.enabled);
    return {
      ...this.#head(now),
      regionId: site.frame.divisionCode,
      ...this.#place(0, 0, 0),
      rscuStatus: failed.length > 0 ? 1 : 0,
      active: 0,
      rsuNum: site.rsus.length,
      rsuStatusList: site.rsus.map(({ id, unitSerial }) => ({
        rsuSn: unitSerial,
        deviceType: 1,
        ...row(`rsu:${id}`),
      })),
      sensorNum: sensors.length,
      sensorStatusList: sensors.map((sensor) => ({
        sensorSn: sensor.id,
        deviceType: deviceTypes[sensor.sensing] ?? 6,
        ...row(`sensor:${sensor.id}`),
      })),
      faultList: failed.map((entry) => this.#fault(entry, now)),
    };
  }

  #fault(check: HealthCheck, now: Stamp): unknown {
    const [kind, id = ''] = check.name.split(':');
    const sensor = this.#context.site.sensors.find((settings) => settings.id === id);
    const faultTypes: Readonly<Record<string, number>> = { camera: 0, radar: 1, lidar: 3 };
    const sinceMs = now.utcMs - Math.max(0, now.monoMs - check.sinceMs);
    return {
      deviceSn: id || check.name,
      deviceType: sensor ? (deviceTypes[sensor.sensing] ?? 6) : (partTypes[kind ?? ''] ?? 0),
      ...(sensor ? { faultType: faultTypes[sensor.sensing] ?? 4 } : {}),
      faultTime: Math.floor(sinceMs),
      faultDescription: `${check.name} ${check.reason}`,
    };
  }

  #participants(tracks: readonly Track[], now: Stamp): CityMessage {
    const ptcList = tracks.map((track) => this.#participant(track, now));
    return this.#live('participant/up', '', { ...this.#head(now), ptcList });
  }

  /** Members one by one, in the order of the table: it is made for every road user. */
  #participant(track: Track, now: Stamp): unknown {
    const { covariance: c, extent } = track;
    const [ptcType, vehicleClass] = kinds[track.cls];
    const lane = track.laneId === null ? undefined : this.#lanes.get(track.laneId);
    const told: Record<string, number> = {};
    told['timestamp'] = whole(track.valid); // lower-case s, as printed
    told['ptcType'] = ptcType;
    told['ptcId'] = track.cityId;
    if (vehicleClass !== null) told['vehicleClass'] = vehicleClass;
    told['sourceType'] = track.kinds.length === 1 ? (sourceTypes[track.kinds[0]!] ?? 8) : 1;
    if (lane) told['laneId'] = lane.number;
    const { longitude, latitude, elevation } = this.#place(track.eastM, track.northM, track.upM);
    told['longitude'] = longitude;
    told['latitude'] = latitude;
    told['elevation'] = elevation;
    told['positionConfidence'] = rank(
      positionBoundsM, bound95M(c[0] ?? 0, c[1] ?? 0, c[5] ?? 0),
    );
    told['status'] = track.speedMps < 0.3 ? 1 : 2;
    told['speed'] = round(track.speedMps, 2);
    told['speedConfidence'] = rank(
      speedBoundsMps,
      speedBound95Mps(track.eastMps, track.northMps, c[10] ?? 0, c[11] ?? 0, c[15] ?? 0),
    );
    if (track.headingRad !== null) {
      const sigma = track.headingSigmaRad;
      told['heading'] = round(headingRadToNorthDeg(track.headingRad), 2) % 360;
      told['headingConfidence'] =
        sigma === null ? 0 : rank(headingBoundsDeg, NORMAL_95 * radToDeg(sigma));
    }
    if (track.accelerationMps2 !== null) told['acceleration'] = round(track.accelerationMps2, 2);
    if (extent.lengthM !== null) told['length'] = round(extent.lengthM, 2);
    if (extent.widthM !== null) told['width'] = round(extent.widthM, 2);
    if (extent.heightM !== null) told['height'] = round(extent.heightM, 2);
    told['tracking'] =
      Math.min(Math.max(1, Math.round((now.monoMs - track.bornMs) / 1000)), 65_535);
    return told;
  }

  /** Form B ([R18]). An unknown count-down is 0 with the confidence lowered ([R19]). */
  #lamps(state: SignalState, now: Stamp): CityMessage {
    const { site, cloud } = this.#context;
    const node = site.road.nodes.find((entry) => nodeKey(entry.id) === nodeKey(state.node));
    const seconds = (group: SignalGroupState): number => {
      const end = group.timing?.likelyEnd;
      return end ? Math.max(0, Math.round((end.atMs - now.monoMs) / 1000)) : 0;
    };
    const usable = state.availability === 'usable';
    const controlMode = controlModes[state.status.mode];
    const groups = this.#onePerPhase(state.groups);
    const key = nodeKey(state.node);
    const approaches = site.road.links.filter(({ downstream }) => nodeKey(downstream) === key);
    return this.#live('lamp/up', nodeKey(state.node), {
      signalControllerStamp: whole(state.measured),
      rscuSn: cloud.rscuSerial,
      cityCode: site.frame.divisionCode.slice(0, 4),
      regionId: site.frame.divisionCode,
      crossId: nodeKey(state.node),
      crossName: node?.name ?? '',
      crossRealStatus: state.status.fault ? 1 : usable ? 0 : 2,
      ...(controlMode === undefined ? {} : { controlMode }),
      number: approaches.length,
      confidence: usable ? round(Math.min(1, ...groups.map(surenessOf)), 2) : 0,
      lampRealInfos: groups.map((group) => ({
        phaseId: String(this.#phases.get(group.signalGroup) ?? 0),
        lightStatus: usable ? lightStatus(group.aspect, group.rightOfWay) : 0,
        countDown: usable ? seconds(group) : 0,
        ...nextOf(usable ? group : null),
        lightStatusNextNext: 0,
        nextNextCountDown: 0,
        dataSource: 2,
      })),
    });
  }

  /** Groups that share a phase are equal; a phase is told once. */
  #onePerPhase(groups: readonly SignalGroupState[]): readonly SignalGroupState[] {
    const byPhase = new Map<number, SignalGroupState>();
    for (const group of groups) {
      const phase = this.#phases.get(group.signalGroup) ?? 0;
      if (!byPhase.has(phase)) byPhase.set(phase, group);
    }
    return [...byPhase.values()];
  }

  #events(events: readonly RoadEvent[], ack: boolean, now: Stamp): unknown {
    return {
      ...this.#head(now),
      eventList: events.map((event) => {
        const lane = event.laneId === null ? undefined : this.#lanes.get(event.laneId);
        return {
          eventId: event.id,
          eventType: this.#context.eventCode(event.kind),
          sourceType: 1,
          ...(lane ? { laneId: lane.number } : {}),
          ...(event.linkId === null ? {} : { linkName: event.linkId }),
          startTime: whole(event.began),
          ...(event.ended === null ? {} : { endTime: whole(event.ended) }),
          ...this.#place(event.eastM, event.northM, 0),
          priority: String(event.priority),
          eventConfidence: Math.round(Math.min(Math.max(event.confidence, 0), 1) * 200),
        };
      }),
      ...(ack ? { ack: true } : {}), // the last of an event is sent with ack ([R16])
    };
  }

  /** Flat form ([R17]). Members below `completeness` are ours ([R10]). */
  #traffic(statistics: readonly LaneStatistic[], now: Stamp): CityMessage[] {
    const { road } = this.#context.site;
    const byNode = new Map<string, LaneStatistic[]>();
    for (const statistic of statistics) {
      const link = road.links.find((entry) => entry.id === statistic.linkId);
      const key = link && nodeKey(link.downstream);
      const node = road.nodes.find((entry) => nodeKey(entry.id) === key);
      if (!node) continue; // lanes that leave the junction are counted where they end
      const list = byNode.get(nodeKey(node.id)) ?? [];
      list.push(statistic);
      byNode.set(nodeKey(node.id), list);
    }
    return [...byNode].map(([crossId, list]) => {
      const first = list[0]!;
      const durationS = (first.ended.utcMs - first.began.utcMs) / 1000;
      return this.#record(
        'traffic/up',
        'traffic',
        {
          ...this.#head(now),
          crossId,
          periodTime: Math.round(durationS) === 60 ? 4 : 6,
          startTime: whole(first.began),
          endTime: whole(first.ended),
          duration: round(durationS, 1),
          laneFlowData: list.map((statistic) => this.#lane(statistic)),
        },
        now,
      );
    });
  }

  #lane(statistic: LaneStatistic): unknown {
    const lane = this.#lanes.get(statistic.laneId)!;
    const manoeuvres = new Set(lane.uses.flatMap((use) => use.manoeuvres));
    const number = Object.values(statistic.flow).reduce((sum, count) => sum + (count ?? 0), 0);
    return {
      branchId: statistic.linkId,
      laneId: String(lane.number),
      laneFlow: [...manoeuvres].map((name) => flowTypes[name]).sort((a, b) => a - b),
      queueLength: round(statistic.queueLengthM, 1),
      queueCount: statistic.queueCount,
      trafficNumber: number,
      ...(statistic.meanDelayS === null ? {} : { wasteTime: round(statistic.meanDelayS, 1) }),
      completeness: round(statistic.completeness, 3),
      occupancy: round(statistic.occupancy, 3),
      ...(statistic.meanSpeedMps === null ? {} : { meanSpeed: round(statistic.meanSpeedMps, 2) }),
      classCounts: statistic.flow,
    };
  }

  snapshot(): unknown {
    return {
      lastLiveMs: this.#lastLiveMs,
      lastRunMs: this.#lastRunMs,
      lastEventMs: this.#lastEventMs,
      lastStatus: this.#lastStatus,
      saidBasic: this.#saidBasic,
      sequence: this.#sequence,
    };
  }

  restore(snapshot: unknown): void {
    const values = snapshot as {
      lastLiveMs: number;
      lastRunMs: number;
      lastEventMs: number;
      lastStatus: string;
      saidBasic: boolean;
      sequence: number;
    };
    this.#lastLiveMs = values.lastLiveMs;
    this.#lastRunMs = values.lastRunMs;
    this.#lastEventMs = values.lastEventMs;
    this.#lastStatus = values.lastStatus;
    this.#saidBasic = values.saidBasic;
    this.#sequence = values.sequence;
  }
}

/** The composer of one cloud. */
export const createCityComposer = (context: CityContext): CityComposer => new City(context);
