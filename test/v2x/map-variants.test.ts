import { describe, expect, test } from 'vitest';
import { decode, editions } from '../../src/gate/decode.ts';
import {
  conditionsOf, holds, localWeekMinute, reachableStates, roadInForce, stateKey, VARIANTS_MAX,
} from '../../src/model/conditions.ts';
import type { LaneUse, Road, RoadCondition, RoadLane, SpeedLimit } from '../../src/model/road.ts';
import type { Site } from '../../src/model/site.ts';
import { createMapComposer, mapSizesOf, mapVariantsOf } from '../../v2x/compose/map.ts';
import { profileByName } from '../../v2x/profiles.ts';
import { demoSite } from '../demosite.ts';
import { contextOf, mapOf, stamp } from './compose-kit.ts';

const rush: RoadCondition = { kind: 'calendar', days: [1, 2, 3, 4, 5], fromMinute: 420, toMinute: 540 };
const use = (manoeuvres: LaneUse['manoeuvres'], when: RoadCondition, classes: LaneUse['classes'] = ['car']): LaneUse =>
  ({ manoeuvres, classes, when });

/** The demo with other uses of one lane, or other limits of one link. */
function withLane(id: string, more: Partial<RoadLane>, limits: readonly SpeedLimit[] = []): Site {
  const site = demoSite();
  const road: Road = {
    ...site.road,
    lanes: site.road.lanes.map((lane) => (lane.id === id ? { ...lane, ...more } : lane)),
    links: site.road.links.map((link) =>
      (link.id === 'east-in' && limits.length > 0 ? { ...link, speedLimits: limits } : link)),
  };
  return { ...site, road };
}
/** 2026-03-02 is a Monday; Shanghai is eight hours ahead. */
const monday = (hour: number, minute = 0) =>
  stamp(0, 5, Date.UTC(2026, 2, 2, hour - 8, minute));
const noPlans = new Map<string, number | null>();
const laneOf = (offers: ReturnType<ReturnType<typeof createMapComposer>['compose']>, number: number, link = 0) =>
  mapOf(offers[0]!).nodes[0]!.inLinks![link]!.lanes.find(({ laneID }) => laneID === number)!;

describe('conditions', () => {
  test('local minutes of the week follow the zone, summer time and the turn of the week', () => {
    expect(localWeekMinute(Date.UTC(2026, 2, 1, 16, 0), 'Asia/Shanghai')).toBe(0);
    expect(localWeekMinute(Date.UTC(2026, 2, 1, 15, 59), 'Asia/Shanghai')).toBe(7 * 1440 - 1);
    expect(localWeekMinute(Date.UTC(2026, 2, 29, 0, 30), 'Europe/Berlin')).toBe(6 * 1440 + 90);
    expect(localWeekMinute(Date.UTC(2026, 2, 29, 1, 30), 'Europe/Berlin')).toBe(6 * 1440 + 210);
  });

  test('a calendar holds from its first minute to before its last, on its days, and never in doubt', () => {
    const at = (weekMinute: number | null) => holds(rush, { weekMinute, plan: null, signs: new Map() });
    expect([419, 420, 539, 540].map(at)).toEqual([false, true, true, false]);
    expect([4 * 1440 + 420, 5 * 1440 + 420].map(at)).toEqual([true, false]);
    expect(at(null)).toBe(false);
  });

  test('every combination that can come is there once, and no other', () => {
    const plan = (...plans: number[]): RoadCondition => ({ kind: 'plan', plans });
    const sign = (state: string): RoadCondition => ({ kind: 'sign', sign: 'vms', state });
    const evening: RoadCondition = { kind: 'calendar', days: [1], fromMinute: 500, toMinute: 600 };
    const all = [rush, evening, plan(1, 2), plan(2, 3), sign('left'), sign('straight')];
    const keys = reachableStates(all).map((state) => stateKey(all, state));
    // Week: neither, rush, both, evening alone. Plans: none, 1, 2 (both), 3. Sign: none or one of two.
    expect(keys).toHaveLength(4 * 4 * 3);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys[0]).toBe('always');
    expect(keys.some((key) => key.includes('vms=left') && key.includes('vms=straight'))).toBe(false);
    const many = Array.from({ length: 80 }, (_, at) => plan(at));
    expect(reachableStates(many)).toHaveLength(VARIANTS_MAX + 1);
  });

  test('a road in force says of each lane what holds then, and is the same road where nothing depends', () => {
    const site = demoSite();
    expect(roadInForce(site.road, { weekMinute: 0, plan: 1, signs: new Map() })).toBe(site.road);
    const built = withLane('east-in-1', { uses: [use(['left'], rush), use(['straight'], { kind: 'plan', plans: [1] })] });
    const lane = (weekMinute: number | null, plan: number) =>
      roadInForce(built.road, { weekMinute, plan, signs: new Map() }).lanes
        .find(({ id }) => id === 'east-in-1')!.uses.flatMap(({ manoeuvres }) => manoeuvres);
    expect(lane(430, 2)).toEqual(['left']);
    expect(lane(430, 1)).toEqual(['left', 'straight']);
    expect(lane(null, 2)).toEqual([]);
  });
});

describe('variants of MAP', () => {
  test('a lane says what holds at this minute of the local week, and the last known when nothing changed', () => {
    const context = contextOf(withLane('east-in-1', { uses: [use(['left'], { kind: 'always' }), use(['straight'], rush)] }));
    const map = createMapComposer(context);
    const say = (now: ReturnType<typeof stamp>) => laneOf(map.compose(now, noPlans), 1).maneuvers;
    expect(say(monday(6, 59))).toBe('010000000000');
    expect(say(monday(7))).toBe('110000000000');
    expect(say(monday(8, 59))).toBe('110000000000');
    expect(say(monday(9))).toBe('010000000000');
    expect(say({ ...monday(8), errorMs: Infinity })).toBe('010000000000');
  });

  test('a variable lane leads where its plan says; its phases keep their place in the link', () => {
    const plan = (number: number): RoadCondition => ({ kind: 'plan', plans: [number] });
    const context = contextOf(withLane('east-in-1', { uses: [use(['left'], plan(1)), use(['straight'], plan(2))] }));
    const map = createMapComposer(context);
    const at = (plans: Map<string, number | null>) => map.compose(monday(12), plans);
    const one = at(new Map([['controller', 1]]));
    const left = laneOf(one, 1);
    expect(left.maneuvers).toBe('010000000000');
    expect(left.connectsTo!.map(({ connectingLane }) => connectingLane!.maneuver)).toEqual(['010000000000']);
    const unknown = laneOf(at(new Map([['controller', null]])), 1);
    expect(unknown.maneuvers).toBe('000000000000');
    expect(unknown.connectsTo).toBeUndefined();
    expect(Object.values(unknown.laneAttributes!.laneType)[0]).toBe('10000000');
    const movements = (offers: typeof one) => mapOf(offers[0]!).nodes[0]!.inLinks![0]!.movements;
    expect(movements(at(noPlans))).toEqual(movements(one));
  });

  test('a lane lamp is a sign, and a closed waiting area leaves its phase to the link', () => {
    const area = demoSite().road.lanes.find(({ kind }) => kind === 'waiting-area')!;
    const open: RoadCondition = { kind: 'sign', sign: 'lane-lamp', state: 'green' };
    const site = withLane(area.id, { uses: area.uses.map((one) => ({ ...one, when: open })) });
    const wait = site.road.movements.find(({ waitingArea }) => waitingArea?.laneId === area.id)!;
    const phase = site.road.signalGroups.find(({ id }) => id === wait.waitingArea!.signalGroup)!.phase;
    const map = createMapComposer(contextOf(site));
    const link = (signs: Map<string, string>) => mapOf(map.compose(monday(12), noPlans, signs)[0]!)
      .nodes[0]!.inLinks!.find(({ lanes }) => lanes.some(({ laneID }) => laneID === area.number))!;
    const phasesOf = (row: ReturnType<typeof link>) => row.movements!.map(({ phaseId }) => phaseId);
    const opened = link(new Map([['lane-lamp', 'green']]));
    expect(opened.lanes.flatMap(({ connectsTo }) => connectsTo ?? []).some((one) => one.phaseId === phase)).toBe(true);
    expect(phasesOf(opened)).not.toContain(phase);
    const closed = link(new Map([['lane-lamp', 'red']]));
    expect(closed.lanes.flatMap(({ connectsTo }) => connectsTo ?? []).some((one) => one.phaseId === phase)).toBe(false);
    expect(phasesOf(closed)).toContain(phase);
  });

  test('a timed bus lane is for buses while it is, and limits come and go with their hours', () => {
    const uses = [use(['straight'], { kind: 'always' }, ['bus']),
      use(['straight'], { kind: 'calendar', days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 0, toMinute: 420 }, ['car'])];
    const slow: SpeedLimit = { kind: 'max', speedMps: 8, when: rush };
    const map = createMapComposer(contextOf(withLane('east-in-1', { uses, kind: 'bus' }, [slow])));
    const lane = (hour: number) => laneOf(map.compose(monday(hour), noPlans), 1);
    expect(lane(12).laneAttributes!.laneType).toEqual({ vehicle: '00010000' });
    expect(lane(3).laneAttributes!.laneType).toEqual({ vehicle: '00000000' });
    const limits = (hour: number) => mapOf(map.compose(monday(hour), noPlans)[0]!).nodes[0]!.inLinks![0]!.speedLimits;
    expect(limits(8)).toEqual([{ type: 'vehicleMaxSpeed', speed: 400 }]);
    expect(limits(12)).toBeUndefined();
  });

  test('a lane that is not at grade says so in phase 1, where the bit means that', () => {
    const said = (name: string, kind: RoadLane['kind']) => {
      const site = withLane('east-in-1', { kind, level: 1 });
      const [offer] = createMapComposer(contextOf(site, {}, name)).compose(monday(1), noPlans);
      return mapOf(offer!, name as 'A').nodes[0]!.inLinks![0]!.lanes[0]!.laneAttributes!.laneType;
    };
    expect(said('A', 'motor')).toEqual({ vehicle: '01000000' });
    expect(said('B', 'motor')).toEqual({ vehicle: '01000000' });
    expect(said('P2', 'motor')).toEqual({ vehicle: '00000000' });
    expect(said('A', 'non-motor')).toEqual({ bikeLane: '0010000000000000' });
  });

  test('who shares a lane is said: bicycles on a carriageway, cars and walkers on a cycle track', () => {
    const share = (kind: RoadLane['kind'], classes: LaneUse['classes']) => {
      const site = withLane('east-in-1', { kind, uses: [use(['left'], { kind: 'always' }, classes)] });
      return laneOf(createMapComposer(contextOf(site)).compose(monday(1), noPlans), 1).laneAttributes!.shareWith;
    };
    expect(share('motor', ['car', 'bus', 'motorcycle'])).toBeUndefined();
    expect(share('motor', ['car', 'bicycle'])).toBe('0000000100');
    expect(share('non-motor', ['bicycle', 'motorcycle'])).toBeUndefined();
    expect(share('non-motor', ['bicycle', 'pedestrian', 'car'])).toBe('0001001000');
  });

  test('all that may leave is pinned: each message of a week and each plan is one of the variants', () => {
    const plan: RoadCondition = { kind: 'plan', plans: [3] };
    const site = withLane('east-in-1', { uses: [use(['left'], { kind: 'always' }), use(['straight'], rush), use(['u-turn'], plan)] });
    const variants = mapVariantsOf(site, profileByName('A'));
    expect(variants.map(({ keys }) => keys)).toEqual([
      ['always'], ['day 12345 07:00-09:00'], ['plan 3'], ['day 12345 07:00-09:00 + plan 3'],
    ]);
    expect(new Set(variants.map(({ hash }) => hash)).size).toBe(4);
    for (const { hash, revision } of variants) {
      expect(hash).toMatch(/^[0-9a-f]{64}$/);
      expect(revision).toBe(site.road.revision);
    }
    const pinned = new Set(variants.map(({ bytes }) => JSON.stringify(decode(bytes, editions.A).message!.type === 'MAP'
      && (decode(bytes, editions.A).message as unknown as { nodes: unknown }).nodes)));
    const map = createMapComposer(contextOf(site));
    let walked = 0;
    for (let hour = 0; hour < 168; hour++) {
      for (const running of [null, 1, 3]) {
        const [offer] = map.compose(stamp(hour * 3_600_000, 5, Date.UTC(2026, 2, 2)), new Map([['controller', running]]));
        const read = decode(offer!.message.bytes, editions.A).message as unknown as { nodes: unknown };
        expect(pinned.has(JSON.stringify(read.nodes))).toBe(true);
        walked++;
      }
    }
    expect(walked).toBe(504);
  });

  test('a switch is offered at once and once, and a restored composer goes on where the other stood', () => {
    const site = withLane('east-in-1', { uses: [use(['left'], { kind: 'always' }), use(['straight'], rush)] });
    const context = contextOf(site);
    const map = createMapComposer(context);
    expect(map.switched(monday(6, 59), noPlans)).toEqual([]);
    map.compose(monday(6, 59), noPlans);
    expect(map.switched(monday(6, 59), noPlans)).toEqual([]);
    const twin = createMapComposer(contextOf(site));
    twin.restore(structuredClone(map.snapshot()));
    const switched = map.switched(monday(7), noPlans);
    expect(switched).toHaveLength(1);
    expect(laneOf(switched, 1).maneuvers).toBe('110000000000');
    expect(map.switched(monday(7, 1), noPlans)).toEqual([]);
    expect(context.counts.get('map_variant_switched')).toBe(1);
    expect(twin.switched(monday(7), noPlans)).toEqual(switched);
    expect(createMapComposer(contextOf(demoSite())).switched(monday(7), noPlans)).toEqual([]);
  });

  test('a condition that changes no word of the map switches nothing', () => {
    const plan = (number: number): RoadCondition => ({ kind: 'plan', plans: [number] });
    const site = withLane('east-in-1', { uses: [use(['left'], plan(1)), use(['left'], plan(2))] });
    const map = createMapComposer(contextOf(site));
    expect(map.variants().map(({ keys }) => keys)).toEqual([['always'], ['plan 1', 'plan 2']]);
    const running = (number: number) => new Map([['controller', number]]);
    map.compose(monday(1), running(1));
    expect(map.switched(monday(1), running(2))).toEqual([]);
    expect(map.switched(monday(1), running(3))).toHaveLength(1);
  });

  test('a recording of before there were variants still gives its counters back', () => {
    const map = createMapComposer(contextOf(demoSite()));
    map.restore([['0-10', 77]]);
    expect(mapOf(map.compose(monday(1), noPlans)[0]!).msgCnt).toBe(77);
  });

  test('the conditions of a node are those of its own lanes and links', () => {
    const site = withLane('east-in-1', { uses: [use(['left'], rush)] });
    const counts = site.road.nodes.map((node) => conditionsOf(site.road, node).length);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  });
});

describe('sizes', () => {
  test('what the links weigh adds up to the node, and all variants are simplified alike', () => {
    const [size] = mapSizesOf(demoSite(), profileByName('A'));
    const sum = size!.links.reduce((all, { octets }) => all + octets, 0);
    expect(Math.abs(size!.octets - sum)).toBeLessThan(60);
    expect(size!.links.map(({ linkId }) => linkId)).toEqual(['east-in', 'west-in', 'north-in', 'south-in']);
    expect(size!.errorM).toBe(0);
  });

  test('lines give way by the smallest step that fits, never by more than 0.3 m', () => {
    const site = demoSite();
    const wavy: Site = {
      ...site,
      road: {
        ...site.road,
        lanes: site.road.lanes.map((lane) => {
          const [a, b] = [lane.points[0]!, lane.points.at(-1)!];
          const points = Array.from({ length: 31 }, (_, at) => [
            a[0] + (at / 30) * (b[0] - a[0]) + 0.1 * Math.sin(at / 2),
            a[1] + (at / 30) * (b[1] - a[1]) + 0.1 * Math.cos(at / 2),
          ] as const);
          return { ...lane, points };
        }),
      },
    };
    const profile = profileByName('A');
    const octetsAt = (most: number) => mapSizesOf(wavy, { ...profile, sizeMaxOctets: most })[0]!;
    const free = octetsAt(9000);
    expect(free.errorM).toBe(0);
    const tight = octetsAt(1300);
    expect(tight.octets).toBeLessThanOrEqual(1300);
    expect(tight.errorM).toBeGreaterThan(0);
    expect(tight.errorM).toBeLessThan(0.3);
    const step = octetsAt(tight.octets - 1);
    expect(step.errorM).toBeGreaterThan(tight.errorM);
    expect(octetsAt(400).octets).toBeGreaterThan(400);
    expect(octetsAt(400).errorM).toBeCloseTo(0.29);
  });
});
