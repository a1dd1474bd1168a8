/** The perception half of a replay: tracks, events and what the city is told. */
import { Counters } from '../base/counters.ts';
import { rounded } from '../base/units.ts';
import { createCityComposer } from '../cloud/compose.ts';
import type { PerceptionView, SignalsView } from '../loops.ts';
import type { HealthCheck } from '../model/health.ts';
import type { MessageOffer } from '../model/message.ts';
import type { CityComposer } from '../model/stages.ts';
import type { Track } from '../model/track.ts';
import { HANDOVER_MS, PerceptionLoop } from '../perceptionloop.ts';
import type { PerceptionWork } from '../perceptionloop.ts';
import type { RecordedEvent } from '../runtime/recording/types.ts';
import { softwareVersion } from '../version.ts';
import type { CompiledExpressions } from '../../config/expression.ts';
import { eventCodes } from '../../v2x/compose/codes.ts';
import { Half } from './half.ts';
import type { HalfStart } from './half.ts';
import { decimals, Lines } from './lines.ts';

/** What the perception half has counted. */
export interface PerceptionResult {
  readonly trackRows: number;
  readonly tracks: number;
  readonly events: Readonly<Record<string, number>>;
  readonly city: Readonly<Record<string, number>>;
  readonly counters: Readonly<Record<string, number>>;
  readonly portDrops: Readonly<Record<string, number>>;
}

/** What the half needs beyond a recording and a site. */
export interface PerceptionStart extends HalfStart {
  readonly expressions: CompiledExpressions;
  /** Told what the loop does; frames are applied ahead of ticks then, as live. */
  readonly lap?: ((work: PerceptionWork) => void) | undefined;
}

/** The half itself; one event of the recording at a time. */
export class PerceptionHalf {
  readonly #half: Half;
  readonly #loop: PerceptionLoop;
  readonly #cities: readonly CityComposer[];
  readonly #files: { readonly tracks: Lines; readonly events: Lines; readonly cloud: Lines };
  readonly #city = new Counters();
  readonly #eventCounts = new Counters();
  /** Ids of tracks and lists of sensors as they stand in a line. */
  readonly #trackIds = new Map<string, string>();
  readonly #sensorLists = new Map<string, string>();
  readonly #openEvents = new Set<number>();
  #trackRows = 0;
  /** Views of the signals loop that are not handed over yet, and the checks of the last that was. */
  #waiting: SignalsView[] = [];
  #signalChecks: readonly HealthCheck[] = [];

  /** @param offer Is given what the loop offers to the gate, within a turn. */
  constructor(start: PerceptionStart, offer: (offers: readonly MessageOffer[]) => void) {
    const { site, out, expressions, lap } = start;
    this.#half = new Half('perception', start);
    this.#loop = new PerceptionLoop({
      ...this.#half.deps,
      offer,
      view: (view) => this.#view(view),
      // Nobody waits for a message here: what comes out of order is put right once a tick.
      ahead: lap !== undefined,
      ...(lap ? { lap } : {}),
      expressions,
    });
    this.#half.restore(this.#loop);
    this.#cities = site.clouds.map((cloud) =>
      createCityComposer({
        site,
        cloud,
        softwareVersion: softwareVersion(),
        eventCode: (kind) => eventCodes[kind].code,
      }),
    );
    this.#files = {
      tracks: new Lines(out, 'tracks.jsonl'),
      events: new Lines(out, 'events.jsonl'),
      cloud: new Lines(out, 'cloud.jsonl'),
    };
  }

  step(event: RecordedEvent): void {
    this.#half.step(event, (tick) => this.#loop.tick(tick));
  }

  /** What the signals loop says; it counts from its hand-over on. */
  signals(view: SignalsView): void {
    this.#waiting.push(view);
    this.#loop.signals(view);
  }

  /** One line of `tracks.jsonl`, written out: there are tens of thousands. */
  #trackRow(t: number, track: Track): string {
    const { headingRad } = track;
    let id = this.#trackIds.get(track.id);
    if (id === undefined) this.#trackIds.set(track.id, (id = JSON.stringify(track.id)));
    const key = track.sensors.join(' ');
    let sensors = this.#sensorLists.get(key);
    if (sensors === undefined) {
      this.#sensorLists.set(key, (sensors = JSON.stringify(track.sensors)));
    }
    const heading = headingRad === null ? 'null' : decimals(headingRad, 5);
    return `{"t":${t},"id":${id},"x":${decimals(track.eastM, 4)},"y":${decimals(track.northM, 4)},` +
      `"heading":${heading},"speed":${decimals(track.speedMps, 4)},"cls":"${track.cls}",` +
      `"existence":${decimals(track.existence, 4)},"unseen":"${track.unseen}",` +
      `"sensors":${sensors}}`;
  }

  #view(view: PerceptionView): void {
    const t = rounded(view.tracks.valid.utcMs / 1000, 6);
    for (const track of view.tracks.tracks) {
      this.#trackRows++;
      this.#files.tracks.add(this.#trackRow(t, track));
    }
    this.#writeEvents(t, view);
    this.#writeCity(t, view);
  }

  #writeEvents(t: number, view: PerceptionView): void {
    for (const event of view.events) {
      const known = this.#openEvents.has(event.id);
      if (known && event.ended === null) continue;
      if (!known) {
        this.#openEvents.add(event.id);
        this.#eventCounts.count(event.kind);
      }
      if (event.ended !== null) this.#openEvents.delete(event.id);
      this.#files.events.add({
        t,
        id: event.id,
        kind: event.kind,
        state: event.ended === null ? 'began' : 'ended',
        x: rounded(event.eastM, 3),
        y: rounded(event.northM, 3),
        lane: event.laneId,
        tracks: event.tracks,
      });
    }
  }

  #writeCity(t: number, view: PerceptionView): void {
    while (this.#waiting[0] && this.#waiting[0].atMs <= view.atMs - HANDOVER_MS) {
      this.#signalChecks = this.#waiting.shift()!.checks;
    }
    for (const composer of this.#cities) {
      const messages = composer.compose({
        now: view.tracks.valid,
        tracks: view.tracks,
        signals: view.signals,
        events: view.events,
        statistics: view.statistics,
        health: [...this.#signalChecks, ...view.checks],
      });
      for (const { topic, payload } of messages) {
        this.#city.count(topic);
        this.#files.cloud.add(`{"t":${t},"topic":${JSON.stringify(topic)},"payload":${payload}}`);
      }
    }
  }

  finish(): PerceptionResult {
    this.#loop.stop();
    for (const file of Object.values(this.#files)) file.close();
    return {
      trackRows: this.#trackRows,
      tracks: this.#trackIds.size,
      events: this.#eventCounts.toJSON(),
      city: this.#city.toJSON(),
      counters: this.#loop.counters.toJSON(),
      portDrops: this.#half.hub.drops.toJSON(),
    };
  }
}
