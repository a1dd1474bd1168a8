import type { CanFrame } from '../../src/model/port.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { LayoutValue } from '../layout.ts';
import {
  baseIdOf, objectExtended, objectGeneral, objectQuality, objectStatus, objectWarning,
  sensorNumberOf,
} from './layout.ts';

export type GeneralValue = LayoutValue<typeof objectGeneral.fields>;
export type QualityValue = LayoutValue<typeof objectQuality.fields>;
export type ExtendedValue = LayoutValue<typeof objectExtended.fields>;

/** One object with whatever of it arrived. */
export interface RadarObject {
  readonly general: GeneralValue;
  quality: QualityValue | null;
  extended: ExtendedValue | null;
  /** Bit n: inside collision region n. */
  regions: number;
}

/** All objects of one cycle. */
export interface RadarScan {
  readonly scanCounter: number;
  readonly objects: readonly RadarObject[];
  /** False when a frame of it was missing as the next scan began. */
  readonly complete: boolean;
  /** Arrival of the status frame and of the last frame of the scan. */
  readonly firstMs: MonotonicMs;
  readonly lastMs: MonotonicMs;
}

/** Why a frame, or the rest of a scan, was not used. */
export type ScanDrop =
  | 'other_sensor' | 'frame_kind' | 'frame_length' | 'frame_unknown' | 'cluster_unused'
  | 'scan_incomplete' | 'object_unannounced' | 'object_twice';

/** What one frame brought about. */
export interface ScanStep {
  readonly scans?: readonly RadarScan[];
  readonly dropped?: ScanDrop;
}

/** Which frames the device sends for each object. */
export interface ScanExpectation {
  readonly quality: boolean;
  readonly extended: boolean;
}

interface OpenScan {
  readonly scanCounter: number;
  readonly announced: number;
  readonly objects: RadarObject[];
  readonly firstMs: MonotonicMs;
  lastMs: MonotonicMs;
  qualities: number;
  extensions: number;
}

const NOTHING: ScanStep = Object.freeze({});
const drop = (dropped: ScanDrop): ScanStep => ({ dropped });
const clusterIds: readonly number[] = [0x600, 0x701, 0x702];

/**
 * Frames of one sensor → scans. A scan is given when every announced frame is there, or, flagged
 * incomplete, when the next one begins. Knows no port, clock or log.
 */
export class ScanAssembler {
  readonly #sensorNumber: number;
  #expected: ScanExpectation;
  #open: OpenScan | null = null;
  /** Object id → place in the open scan, or −1. */
  readonly #places = new Int16Array(256).fill(-1);

  constructor(
    sensorNumber = 0,
    expected: ScanExpectation = { quality: false, extended: false },
  ) {
    this.#sensorNumber = sensorNumber;
    this.#expected = expected;
  }

  /** Tells what the device now sends; holds from the next frame on. */
  expect(expected: ScanExpectation): void {
    this.#expected = expected;
  }

  accept(frame: CanFrame, receivedMs: MonotonicMs): ScanStep {
    if (frame.extended || frame.remote || frame.fd) return drop('frame_kind');
    if (sensorNumberOf(frame.id) !== this.#sensorNumber) return drop('other_sensor');
    const { data } = frame;
    switch (baseIdOf(frame.id)) {
      case objectStatus.canId:
        if (!fits(data, objectStatus.bytes)) return drop('frame_length');
        return this.#begin(data, receivedMs);
      case objectGeneral.canId:
        if (!fits(data, objectGeneral.bytes)) return drop('frame_length');
        return this.#addGeneral(objectGeneral.read(data), receivedMs);
      case objectQuality.canId:
        if (!fits(data, objectQuality.bytes)) return drop('frame_length');
        return this.#addQuality(objectQuality.read(data), receivedMs);
      case objectExtended.canId:
        if (!fits(data, objectExtended.bytes)) return drop('frame_length');
        return this.#addExtended(objectExtended.read(data), receivedMs);
      case objectWarning.canId:
        if (!fits(data, objectWarning.bytes)) return drop('frame_length');
        return this.#addWarning(data);
      default:
        return drop(clusterIds.includes(baseIdOf(frame.id)) ? 'cluster_unused' : 'frame_unknown');
    }
  }

  #begin(data: Uint8Array, receivedMs: MonotonicMs): ScanStep {
    const partial = this.#open ? this.#close(false) : null;
    const status = objectStatus.read(data);
    this.#open = {
      scanCounter: status.scanCounter,
      announced: status.objects,
      objects: [],
      firstMs: receivedMs,
      lastMs: receivedMs,
      qualities: 0,
      extensions: 0,
    };
    const whole = this.#closeWhenWhole();
    if (!partial) return whole;
    return { scans: [partial, ...(whole.scans ?? [])], dropped: 'scan_incomplete' };
  }

  #addGeneral(general: GeneralValue, receivedMs: MonotonicMs): ScanStep {
    const open = this.#open;
    if (!open || open.objects.length >= open.announced) return drop('object_unannounced');
    if (this.#places[general.objectId]! >= 0) return drop('object_twice');
    this.#places[general.objectId] = open.objects.length;
    open.objects.push({ general, quality: null, extended: null, regions: 0 });
    open.lastMs = receivedMs;
    return this.#closeWhenWhole();
  }

  #addQuality(quality: QualityValue, receivedMs: MonotonicMs): ScanStep {
    const object = this.#find(quality.objectId);
    if (!this.#open || !object) return drop('object_unannounced');
    if (object.quality) return drop('object_twice');
    object.quality = quality;
    this.#open.qualities++;
    this.#open.lastMs = receivedMs;
    return this.#closeWhenWhole();
  }

  #addExtended(extended: ExtendedValue, receivedMs: MonotonicMs): ScanStep {
    const object = this.#find(extended.objectId);
    if (!this.#open || !object) return drop('object_unannounced');
    if (object.extended) return drop('object_twice');
    object.extended = extended;
    this.#open.extensions++;
    this.#open.lastMs = receivedMs;
    return this.#closeWhenWhole();
  }

  /** Warnings come last, often after the scan was given: they are a bonus, never waited for. */
  #addWarning(data: Uint8Array): ScanStep {
    const warning = objectWarning.read(data);
    const object = this.#find(warning.objectId);
    if (object) object.regions = warning.regions;
    return NOTHING;
  }

  #find(objectId: number): RadarObject | undefined {
    return this.#open?.objects[this.#places[objectId]!];
  }

  #closeWhenWhole(): ScanStep {
    const open = this.#open!;
    const whole =
      open.objects.length === open.announced &&
      (!this.#expected.quality || open.qualities === open.announced) &&
      (!this.#expected.extended || open.extensions === open.announced);
    return whole ? { scans: [this.#close(true)] } : NOTHING;
  }

  #close(complete: boolean): RadarScan {
    const { scanCounter, objects, firstMs, lastMs } = this.#open!;
    this.#open = null;
    this.#places.fill(-1);
    return { scanCounter, objects, complete, firstMs, lastMs };
  }

  snapshot(): unknown {
    return structuredClone({ open: this.#open, expected: this.#expected });
  }

  restore(snapshot: unknown): void {
    const state = structuredClone(snapshot) as { open: OpenScan | null; expected: ScanExpectation };
    this.#open = state.open;
    this.#expected = state.expected;
    this.#places.fill(-1);
    state.open?.objects.forEach(({ general }, place) => {
      this.#places[general.objectId] = place;
    });
  }
}

/** Some gateways pad every frame to eight octets. */
const fits = (data: Uint8Array, octets: number): boolean =>
  data.length === octets || (data.length === 8 && octets < 8);
