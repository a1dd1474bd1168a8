/**
 * The black box of the daemon: the last minutes of everything, written out when something happens.
 *
 * It lies in a folder in memory (tmpfs), not in the process: what a crash of the child, a kill by the
 * kernel or a SIGKILL leaves there, the next child writes out. A folder on the disk would have done
 * the same at some gigabytes a day on flash; there a site's flash would last two years.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SystemClock } from './base/clock.ts';
import { messageOf } from './base/fault.ts';
import { makeFolder } from './base/folder.ts';
import type { Log } from './base/log.ts';
import { plusMs } from './base/time.ts';
import { privateFolder } from './control.ts';
import { RingRecorder } from './runtime/recording/ring.ts';
import { folderShelf, leftSegments, memoryShelf, writeSegments } from './runtime/recording/shelf.ts';
import type { RecordingManifest } from './runtime/recording/types.ts';

const BLACK_BOX = 'black-box';
const BOXES_MAX = 5;
const FREEZE_EVERY_MS = 600_000;
const FREEZE_AFTER_MS = 5000;
const FREEZE_FROM_MS = 15_000;
/** What incidents may write to the disk in a day; who asks by command may write more. */
const DAY_OCTETS_MAX = 1_000_000_000;
const DAY_MS = 86_400_000;
const WRITTEN = 'written.json';

/**
 * The folder in memory for a data folder; null where this system has none. systemd gives the unit
 * one that leaves with it; elsewhere it is one of ours below /dev/shm. Everybody may write there:
 * one that is a link or another's is not taken, and `refused` hears why.
 */
export function ringFolder(
  dataFolder: string, refused: (base: string, reason: string) => void = () => undefined,
): string | null {
  const key = createHash('sha256').update(resolve(dataFolder)).digest('hex').slice(0, 16);
  const given = process.env['RUNTIME_DIRECTORY']?.split(':')[0];
  const base = given ? join(given, BLACK_BOX) : join('/dev/shm', `lukou-${process.getuid?.() ?? 0}-${key}`);
  try {
    if (!given && !statSync('/dev/shm').isDirectory()) return null;
    privateFolder(base);
    return join(base, 'ring');
  } catch (error) {
    refused(base, messageOf(error));
    return null;
  }
}

/** Leaves nothing behind: the end was orderly. */
export function forgetRing(dataFolder: string): void {
  const folder = ringFolder(dataFolder);
  if (folder !== null) rmSync(join(folder, '..'), { recursive: true, force: true });
}

/** What an earlier child has left, moved aside so that the new one can begin. */
function takeLeft(folder: string): string | null {
  if (!leftSegments(folder)) return null;
  const aside = `${folder}-left`;
  rmSync(aside, { recursive: true, force: true });
  renameSync(folder, aside);
  return aside;
}

interface Written {
  readonly atUtcMs: number;
  readonly octets: number;
}

/** Counts what incidents wrote in the last 24 h, across restarts. */
class DayBudget {
  readonly #path: string;
  readonly #clock: SystemClock;

  constructor(folder: string, clock: SystemClock) {
    this.#path = join(folder, WRITTEN);
    this.#clock = clock;
  }

  #read(): Written[] {
    try {
      const rows = JSON.parse(readFileSync(this.#path, 'utf8')) as Written[];
      const nowMs = this.#clock.utcAt().utcMs;
      // A clock that was set back must not lock the box for ever.
      return rows.filter(({ atUtcMs }) => Math.abs(nowMs - atUtcMs) < DAY_MS);
    } catch {
      return []; // none yet, or broken: the number of boxes is bounded all the same
    }
  }

  get spent(): boolean {
    return this.#read().reduce((sum, { octets }) => sum + octets, 0) >= DAY_OCTETS_MAX;
  }

  add(octets: number): void {
    const rows = [...this.#read(), { atUtcMs: this.#clock.utcAt().utcMs, octets }];
    writeFileSync(this.#path, JSON.stringify(rows));
  }
}

/** Keeps the black box and writes it out. */
export class BlackBox {
  readonly ring: RingRecorder;
  readonly #folder: string;
  readonly #clock: SystemClock;
  readonly #log: Log;
  readonly #budget: DayBudget;
  readonly #bornMs: number;
  #frozenMs = -Infinity;

  constructor(options: {
    readonly manifest: RecordingManifest;
    readonly dataFolder: string;
    readonly clock: SystemClock;
    readonly log: Log;
  }) {
    const { manifest, dataFolder, clock, log } = options;
    this.#folder = join(dataFolder, BLACK_BOX);
    this.#clock = clock;
    this.#log = log;
    this.#budget = new DayBudget(this.#folder, clock);
    this.#bornMs = clock.nowMs();
    this.ring = this.#begin(manifest, ringFolder(dataFolder, (at, reason) => {
      this.#log.warn('black_box_in_process', { folder: at, reason });
    }));
    this.ring.clock(clock.anchor);
  }

  #begin(manifest: RecordingManifest, folder: string | null): RingRecorder {
    if (folder !== null) {
      try {
        const left = takeLeft(folder);
        const ring = new RingRecorder(manifest, {}, (own) => folderShelf(folder, own));
        if (left !== null) void this.#rescue(left);
        return ring;
      } catch (error) {
        this.#log.warn('black_box_in_process', { folder, reason: messageOf(error) });
      }
    }
    return new RingRecorder(manifest, {}, memoryShelf);
  }

  /** Writes out what a child that is gone has left. */
  async #rescue(left: string): Promise<void> {
    const found = leftSegments(left);
    if (!found) return;
    this.#log.warn('black_box', { reason: 'child_ended' });
    await this.#writeIncident((folder) => writeSegments(folder, found.manifest, found.segments));
    rmSync(left, { recursive: true, force: true });
  }

  #target(): string {
    const name = new Date(this.#clock.utcAt().utcMs).toISOString().replace(/[:.]/g, '-');
    return join(this.#folder, name);
  }

  async #writeIncident(write: (folder: string) => Promise<{ octets: number }>): Promise<void> {
    try {
      makeFolder(this.#folder);
      if (this.#budget.spent) {
        this.ring.drops.count('black_box_over_budget');
        return;
      }
      const folder = this.#target();
      const { octets } = await write(folder);
      this.#budget.add(octets);
      this.#log.info('black_box_frozen', { folder, octets });
      this.#forgetOldest();
    } catch (error) {
      this.#log.error('black_box_failed', { reason: messageOf(error) });
    }
  }

  /** Writes it out because somebody asked; into the data folder where no folder is named. */
  async freeze(named: string): Promise<{ readonly folder: string }> {
    const folder = named === '' ? this.#target() : resolve(named);
    const { octets } = await this.ring.freeze(folder);
    this.#log.info('black_box_frozen', { folder, octets });
    if (named === '') this.#forgetOldest();
    return { folder };
  }

  /** Something happened that is worth the black box: a refusal, a latch. */
  incident(reason: string): void {
    const nowMs = this.#clock.nowMs();
    // While everything starts a refusal is nothing to look into.
    if (nowMs - this.#bornMs < FREEZE_FROM_MS || nowMs - this.#frozenMs < FREEZE_EVERY_MS) return;
    this.#frozenMs = nowMs;
    this.#log.warn('black_box', { reason });
    // The seconds after are worth having too.
    this.#clock.at(plusMs(nowMs, FREEZE_AFTER_MS), () => {
      void this.#writeIncident((folder) => this.ring.freeze(folder));
    });
  }

  /** Keeps the newest few black boxes. */
  #forgetOldest(): void {
    try {
      const names = readdirSync(this.#folder).filter((name) => name !== WRITTEN).sort();
      for (const name of names.slice(0, Math.max(0, names.length - BOXES_MAX))) {
        rmSync(join(this.#folder, name), { recursive: true, force: true });
      }
    } catch (error) {
      this.#log.warn('black_box_not_cleared', { reason: messageOf(error) });
    }
  }
}
