/** One raw frame of a signal controller, as it came, with the arrival of its first byte. */
export interface EvidenceFrame {
  readonly bytes: Uint8Array;
  /** Monotonic ms. */
  readonly receivedMs: number;
}

/** What a lamp group shows, read by a witness straight from evidence. */
export type WitnessColour =
  | 'red' | 'yellow' | 'green' | 'red-yellow' | 'dark'
  | 'flashing-red' | 'flashing-yellow' | 'flashing-green' | 'unknown';

/**
 * Reads evidence into a colour for each lamp group of the controller, sharing no table with the
 * decoder. The key is the lamp group's own name at the controller: its decimal number, with the
 * type before it where numbers repeat (`phase:2`, `overlap:1`, `pedestrian:4`).
 * Returns null when the evidence cannot be read.
 */
export type Witness = (frames: readonly EvidenceFrame[]) => ReadonlyMap<string, WitnessColour> | null;

type Flags<K extends string> = Readonly<Record<K, boolean>>;
/** What the controller says of itself; it can only lower the level. The last three do not. */
export type GateStatus = Partial<Flags<'fixedTime' | 'actuated' | 'standby'>> & Flags<
  'manual' | 'stopTime' | 'failureFlash' | 'preempt' | 'priority' | 'failure' | 'off'>;

/** One state of a phase: what the signals stage knows, monotonic ms; null is unknown. */
export interface GateTiming {
  readonly startMs: number | null; readonly likelyEndMs: number | null;
  readonly minEndMs: number | null; readonly maxEndMs: number | null;
  /** When the present light comes back, and for how long; left out where nothing is known. */
  readonly nextStartMs?: number | null; readonly nextDurationMs?: number | null;
  /** Resolution of the source. */
  readonly resolutionMs: number;
  /** How sure the likely end is, 0 to 1; not compared where left out. */
  readonly confidence?: number | null;
  /** The lamp of a state that follows; not compared where left out. */
  readonly colour?: WitnessColour;
}

/** What stands behind a SPAT; by phase the present state, then those that follow. */
export interface GateSpatEvidence {
  readonly frames: readonly EvidenceFrame[]; readonly status: GateStatus | null;
  readonly timings: Readonly<Record<number, readonly GateTiming[]>>;
}

/**
 * What travels beside a participant of an RSM, in its order; the unit itself has no row. What is
 * left out is not compared; null is not known, and then the bytes must say so (R36).
 */
export interface GateParticipant {
  readonly airId: number; readonly measuredMs: number;
  readonly unseen: 'seen' | 'missed' | 'occluded' | 'out-of-coverage' | 'queued';
  readonly bound95M: number; readonly vulnerable: boolean; readonly covered: boolean;
  readonly speedMps: number; readonly greenMs: number | null;
  readonly cls?: string; readonly eastM?: number; readonly northM?: number;
  readonly headingDeg?: number | null;
  readonly lengthM?: number | null; readonly widthM?: number | null;
  readonly existence?: number;
}
