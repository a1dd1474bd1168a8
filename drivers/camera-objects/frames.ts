import type { MonotonicMs } from '../../src/base/time.ts';
import type { CameraBox, CameraMessage } from './messages.ts';

/** All boxes of one picture. */
export interface CameraFrame {
  readonly deviceId: string;
  readonly stamp: string;
  readonly boxes: CameraBox[];
  readonly firstMs: MonotonicMs;
  /** Boxes that did not fit. */
  over: number;
}

export type GroupDrop = 'part_late' | 'group_overflow';

/** Frames that may wait for their parts at once. */
const GROUPS_MAX = 8;
/** Frames that were given and whose late parts are known as such. */
const GIVEN_MAX = 16;

/**
 * Puts the parts of the full schema together: one message an object, grouped by (sensor, stamp).
 * A group is given when it has waited; who calls `due` decides when to look. Bounded.
 */
export class FrameGrouper {
  readonly #boxesMax: number;
  #groups: CameraFrame[] = [];
  #given: string[] = [];

  constructor(boxesMax: number) {
    this.#boxesMax = boxesMax;
  }

  /** Adds a part. A frame comes back when the table was full and its oldest had to go. */
  add(
    message: CameraMessage, receivedMs: MonotonicMs,
  ): { readonly dropped?: GroupDrop; readonly forced?: CameraFrame; readonly opened: boolean } {
    const { deviceId, stamp } = message;
    const late = this.#given.includes(keyOf(deviceId, stamp));
    if (late) return { dropped: 'part_late', opened: false };
    let group = this.#groups.find((one) => one.stamp === stamp && one.deviceId === deviceId);
    const opened = !group;
    let forced: CameraFrame | undefined;
    if (!group) {
      if (this.#groups.length >= GROUPS_MAX) forced = this.#give(this.#groups[0]!);
      group = { deviceId, stamp, boxes: [], firstMs: receivedMs, over: 0 };
      this.#groups.push(group);
    }
    for (const box of message.boxes) {
      if (group.boxes.length < this.#boxesMax) group.boxes.push(box);
      else group.over++;
    }
    return forced ? { dropped: 'group_overflow', forced, opened } : { opened };
  }

  /** Frames whose first part came at or before an instant, oldest first. */
  due(firstAtMost: MonotonicMs): readonly CameraFrame[] {
    const ready = this.#groups.filter(({ firstMs }) => firstMs <= firstAtMost);
    return ready.map((one) => this.#give(one));
  }

  /** Arrival of the first part of every frame that waits. */
  waiting(): readonly MonotonicMs[] {
    return this.#groups.map(({ firstMs }) => firstMs);
  }

  #give(frame: CameraFrame): CameraFrame {
    this.#groups = this.#groups.filter((one) => one !== frame);
    this.#given.push(keyOf(frame.deviceId, frame.stamp));
    if (this.#given.length > GIVEN_MAX) this.#given.shift();
    return frame;
  }

  snapshot(): unknown {
    return structuredClone({ groups: this.#groups, given: this.#given });
  }

  restore(snapshot: unknown): void {
    const state = structuredClone(snapshot) as { groups: CameraFrame[]; given: string[] };
    this.#groups = state.groups;
    this.#given = state.given;
  }
}

const keyOf = (deviceId: string, stamp: string): string => `${deviceId}\n${stamp}`;
