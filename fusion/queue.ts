import { lineLength, projectOnLine } from '../src/base/geometry.ts';
import type { SignalGroupId } from '../src/model/ids.ts';
import type { Road, RoadLane } from '../src/model/road.ts';
import type { SignalState } from '../src/model/signal.ts';
import { generalTuning } from './tuning.ts';

/** An approach lane with the groups that may let its queue go. */
interface ApproachLane {
  readonly lane: RoadLane;
  readonly lengthM: number;
  readonly groups: readonly SignalGroupId[];
}

interface GroupNote {
  readonly green: boolean;
  readonly sinceMs: number;
}

/** Knows who may be waiting at red: place near a stop line, and the lamps. */
export class Queues {
  readonly #lanes: readonly ApproachLane[];
  #groups = new Map<string, GroupNote>();

  constructor(road: Road) {
    this.#lanes = road.lanes
      .map((lane) => {
        const groups = road.movements
          .filter((movement) => movement.fromLane === lane.id && movement.signalGroup !== null)
          .map((movement) => movement.signalGroup!);
        const waiting = road.movements
          .filter((movement) => movement.waitingArea?.laneId === lane.id)
          .map((movement) => movement.waitingArea!.signalGroup);
        return { lane, lengthM: lineLength(lane.points),
          groups: [...new Set([...groups, ...waiting])] };
      })
      .filter((lane) => lane.groups.length > 0);
  }

  /** Notes colours and since when; a state that is not usable says nothing of its groups. */
  setSignals(state: SignalState): void {
    for (const group of state.groups) {
      const key: string = group.signalGroup;
      if (state.availability !== 'usable') {
        this.#groups.delete(key);
        continue;
      }
      const green = group.aspect.colour === 'green';
      const before = this.#groups.get(key);
      if (before?.green === green) continue;
      this.#groups.set(key, { green, sinceMs: group.timing?.beganMs ?? state.valid.monoMs });
    }
  }

  /** Whether who stands here is held by lamps, or was let go less than 5 s ago. */
  holds(x: number, y: number, nowMs: number): boolean {
    for (const { lane, lengthM, groups } of this.#lanes) {
      const at = projectOnLine(x, y, lane.points);
      if (at.beyond || Math.abs(at.leftM) > lane.widthM / 2 + 0.3) continue;
      if (lengthM - at.alongM > generalTuning.queueM) continue;
      for (const id of groups) {
        const note = this.#groups.get(id);
        if (note && (!note.green || nowMs - note.sinceMs < generalTuning.afterGreenMs)) return true;
      }
    }
    return false;
  }

  snapshot(): unknown {
    return [...this.#groups];
  }

  restore(data: unknown): void {
    this.#groups = new Map(data as [string, GroupNote][]);
  }
}
