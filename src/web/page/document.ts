/**
 * What the page is sent. The page may not import the daemon's types, since those reach into every
 * stage; a test keeps these equal to `StatusDocument` and `junctionDocument`.
 */

export interface Text {
  readonly en: string;
  readonly zh: string;
}

export type HealthLevel = 'ok' | 'degraded' | 'failed' | 'unknown';
export type GateLevel = 'valid' | 'colour-only' | 'unavailable' | 'silent';

export interface Stamp {
  readonly monoMs: number;
  readonly utcMs: number;
  readonly errorMs: number;
}

/** One road user. Site frame, metres, radians counter-clockwise from east. */
export interface Track {
  readonly id: string;
  readonly cityId: number;
  readonly cls: string;
  readonly eastM: number;
  readonly northM: number;
  readonly headingRad: number | null;
  readonly speedMps: number;
  readonly lengthM: number | null;
  readonly widthM: number | null;
  readonly existence: number;
  readonly unseen: string;
  readonly sensors: readonly string[];
  readonly laneId: string | null;
  readonly ageMs: number;
  readonly covariance: readonly [number, number, number];
}

export interface Lamp {
  readonly node: string;
  readonly signalGroup: string;
  readonly lampGroup: string;
  readonly phase: number;
  readonly colour: string;
  readonly flashing: boolean;
  readonly remainingS: number | null;
  readonly availability: string;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface Message {
  readonly type: string;
  readonly sent: number;
  readonly perS: number;
  readonly ageMs: Percentiles | null;
  readonly waitMs: Percentiles | null;
  readonly computeMs: Percentiles | null;
}

export interface Check {
  readonly name: string;
  readonly level: HealthLevel;
  readonly reason: string;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
  readonly sinceMs: number;
}

export interface Capability {
  readonly capability: 'spat' | 'map' | 'rsm' | 'rsi' | 'city';
  readonly level: HealthLevel;
  readonly because: readonly string[];
}

export interface GateNode {
  readonly node: string;
  readonly level: GateLevel;
  readonly reasons: readonly string[];
  readonly sinceMs: number;
}

/** One type of message of a node: L0 to L4, the rule that acted, and since when. */
export interface GateOutput {
  readonly node: string;
  readonly type: string;
  readonly grade: 0 | 1 | 2 | 3 | 4;
  readonly rule: string | null;
  readonly sinceMs: number;
  readonly lastMs: number | null;
}

export interface Gate {
  readonly nodes: readonly GateNode[];
  readonly outputs: readonly GateOutput[];
  readonly latches: readonly string[];
  readonly refused: number;
  readonly refusals: readonly {
    readonly atMs: number;
    readonly type: string;
    readonly rule: string;
    readonly reason: string;
    readonly node: string;
    readonly meaning: { readonly en: string; readonly zh: string };
    readonly hex: string;
  }[];
}

export type EventKind =
  | 'stopped-vehicle' | 'wrong-way' | 'pedestrian-on-carriageway' | 'queue' | 'congestion'
  | 'object-on-road' | 'roadworks' | 'weather' | 'emergency-vehicle' | 'overspeed' | 'slow-vehicle';

export interface RoadEvent {
  readonly id: number;
  readonly kind: EventKind;
  readonly began: Stamp;
  readonly ended: Stamp | null;
  readonly updated: Stamp;
  readonly eastM: number;
  readonly northM: number;
  readonly radiusM: number;
  readonly laneId: string | null;
  readonly linkId: string | null;
  readonly path: readonly { readonly eastM: number; readonly northM: number }[];
  readonly tracks: readonly string[];
  readonly confidence: number;
  readonly priority: number;
  readonly description: Text | null;
}

export interface Rsu {
  readonly id: string;
  readonly sent: Readonly<Record<string, number>>;
  readonly lastSentMs: number | null;
  readonly fault: string | null;
  /** The same in both languages, where there are words for it. */
  readonly told?: Text | null;
}

export interface Cloud {
  readonly id: string;
  readonly connected: boolean;
  readonly protocol: 5 | 4;
  readonly fault: string | null;
  /** The same in both languages, where there are words for it. */
  readonly told?: Text | null;
  readonly sinceMs: number;
  readonly counters: Readonly<Record<string, number>>;
}

export interface Port {
  readonly name: string;
  readonly state: string;
  readonly received: number;
  readonly sent: number;
  readonly lastMs: number | null;
  readonly fault: string | null;
  /** The same in both languages, where there are words for it. */
  readonly told?: Text | null;
}

export interface Loop {
  readonly loop: 'signals' | 'perception';
  readonly atMs: number;
  readonly counters: Readonly<Record<string, number>>;
  readonly ports: readonly Port[];
  readonly checks: readonly Check[];
  readonly lateness: { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number };
  readonly rssBytes: number;
  readonly skippedTicks: number;
}

/** `/api/status` and every message of `/api/stream`. */
export interface Status {
  readonly formatVersion: 1;
  readonly site: {
    readonly id: string;
    readonly name: Text;
    readonly mode: string;
    readonly hash: string;
    readonly profile: string;
  };
  readonly software: string;
  readonly node: string;
  readonly pid: { readonly parent: number; readonly child: number };
  readonly startedUtcMs: number;
  readonly utcMs: number;
  readonly monoMs: number;
  readonly clockErrorMs: number | null;
  readonly capabilities: readonly Capability[];
  readonly checks: readonly Check[];
  readonly gate: Gate;
  /** Who confirmed the lamps at the junction, or why nobody did. */
  readonly commission?: {
    readonly state: 'commissioned' | 'none' | 'changed' | 'other_site' | 'other_box' | 'broken';
    readonly hash: string | null;
    readonly person: string | null;
    readonly doneUtcMs: number | null;
    readonly told: Text;
  } | null;
  readonly lamps: readonly Lamp[];
  readonly tracks: readonly Track[];
  readonly events: readonly RoadEvent[];
  readonly messages: readonly Message[];
  readonly rsus: readonly Rsu[];
  readonly clouds: readonly Cloud[];
  readonly city: Readonly<Record<string, number>>;
  readonly store: {
    readonly rows: number;
    readonly fault: string | null;
    readonly told?: Text | null;
  };
  readonly loops: readonly Loop[];
  readonly drops: Readonly<Record<string, number>>;
  readonly recording: {
    readonly folder: string;
    readonly octets: number;
    readonly sinceMs: number;
  } | null;
  readonly web: { readonly url: string } | null;
}

/** [east m, north m] in the site frame. */
export type Point = readonly [number, number];

export interface JunctionLane {
  readonly id: string;
  readonly kind: 'motor' | 'bus' | 'non-motor' | 'waiting-area' | 'crosswalk' | 'sidewalk';
  readonly widthM: number;
  readonly points: readonly Point[];
  readonly manoeuvres: readonly ('straight' | 'left' | 'right' | 'u-turn')[];
  readonly isApproach: boolean;
}

export interface JunctionSensor {
  readonly id: string;
  readonly sensing: string;
  readonly driver: string;
  readonly eastM: number;
  readonly northM: number;
  readonly headingRad: number;
  readonly rangeMinM: number;
  readonly rangeMaxM: number;
  readonly halfAngleRad: number;
  readonly outline: readonly Point[] | null;
}

/** `/api/site`. */
export interface Junction {
  readonly formatVersion: 1;
  readonly id: string;
  readonly name: Text;
  readonly mode: string;
  readonly nodes: readonly {
    readonly id: string;
    readonly name: string;
    readonly area: readonly Point[];
    readonly hasLamps: boolean;
  }[];
  readonly lanes: readonly JunctionLane[];
  readonly movements: readonly {
    readonly id: string;
    readonly fromLane: string;
    readonly manoeuvre: string;
    readonly signalGroup: string | null;
    readonly waitingArea: { readonly laneId: string; readonly signalGroup: string } | null;
  }[];
  readonly crossings: readonly {
    readonly id: string;
    readonly widthM: number;
    readonly points: readonly Point[];
    readonly signalGroup: string | null;
  }[];
  readonly signalGroups: readonly {
    readonly id: string;
    readonly node: string;
    readonly lampType: string;
    readonly phase: number;
  }[];
  readonly sensors: readonly JunctionSensor[];
  /** Texts of the page, and what counters and rules mean. */
  readonly texts: Readonly<Record<string, Text>>;
  readonly names: Readonly<Record<string, Text>>;
}
