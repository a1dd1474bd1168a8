/** What an engineer confirmed at the junction, as a file that vouches for itself. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { WitnessColour } from './base/evidence.ts';
import { messageOf } from './base/fault.ts';
import { filledText } from './base/text.ts';
import type { Text } from './base/text.ts';
import { commissionTexts as texts } from './base/texts/commission.ts';
import { writeWhole } from './boot.ts';

export const COMMISSION_FORMAT = 1;
const FILE = 'commission.json';

/** One look of the engineer at a lamp, and what the box held of it. */
export interface SeenLamp {
  readonly lamp: WitnessColour;
  readonly atUtcMs: number;
  /** What the box saw then. */
  readonly shown: WitnessColour;
  /** Whether the box saw the lamp change to this within the tolerance. */
  readonly turned: boolean;
}

/** What became of one signal group. */
export interface GroupRecord {
  readonly id: string;
  readonly lampGroup: string;
  readonly confirmed: boolean;
  /** Its lamp group as read at the cabinet; null where lamps alone tell it. */
  readonly cabinet: string | null;
  /** Looks that disagreed, oldest first. */
  readonly refusals: readonly SeenLamp[];
  readonly seen: readonly SeenLamp[];
}

/** How the conflict matrix was held against the controller's own. */
export interface MatrixRecord {
  /** `compared`: with pairs from the controller's tool. `typed`: by a person. */
  readonly how: 'compared' | 'typed';
  readonly pairs: number;
  /** Pairs of lamp groups that only the controller excludes, and that only the site does. */
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}

/** `commission.json` without its checksum. */
export interface CommissionRecord {
  readonly formatVersion: typeof COMMISSION_FORMAT;
  readonly site: string;
  readonly box: string;
  readonly safetyHash: string;
  readonly software: string;
  readonly person: string;
  readonly begunUtcMs: number;
  readonly doneUtcMs: number;
  readonly groups: readonly GroupRecord[];
  readonly arms: readonly { readonly id: string; readonly counted: number }[];
  readonly ignored: readonly string[];
  readonly matrix: MatrixRecord;
}

/** The part of a site that a record is held against. */
export interface CommissionedSite {
  readonly id: string;
  readonly box: string;
  readonly mode: string;
  readonly safetyHash: string;
  readonly road: { readonly signalGroups: readonly { readonly id: string }[] };
}

/** Whether a site is commissioned, for people and for the gate. */
export interface CommissionStatus {
  readonly state: 'commissioned' | 'none' | 'changed' | 'other_site' | 'other_box' | 'broken';
  /** Hash of the safety part that was confirmed; null where nothing can be trusted. */
  readonly hash: string | null;
  readonly person: string | null;
  readonly doneUtcMs: number | null;
  readonly told: Text;
}

const hashOf = (record: object): string =>
  createHash('sha256').update(JSON.stringify(record)).digest('hex');

/** The day of an instant, UTC. */
export const dayOf = (utcMs: number): string => new Date(utcMs).toISOString().slice(0, 10);

/** Writes the record with its own SHA-256, whole or not at all; gives the checksum. */
export function writeCommission(folder: string, record: CommissionRecord): string {
  const sha256 = hashOf(record);
  writeWhole(join(folder, FILE), `${JSON.stringify({ ...record, sha256 }, null, 1)}\n`);
  return sha256;
}

/** Takes the record away, kept beside as it was; false where there is none. */
export function revokeCommission(folder: string, utcMs: number): boolean {
  const path = join(folder, FILE);
  if (!existsSync(path)) return false;
  renameSync(path, join(folder, `commission-revoked-${Math.round(utcMs)}.json`));
  return true;
}

type Found = { readonly record: CommissionRecord } | { readonly broken: Text } | null;

function readFile(folder: string): Found {
  const path = join(folder, FILE);
  if (!existsSync(path)) return null;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return { broken: filledText(texts.broken_read, { got: messageOf(error) }) };
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { broken: texts.broken_json };
  }
  if (typeof parsed !== 'object' || parsed === null) return { broken: texts.broken_json };
  const { sha256, ...record } = parsed as CommissionRecord & { readonly sha256?: unknown };
  if (sha256 !== hashOf(record)) return { broken: texts.broken_hash };
  if (record.formatVersion !== COMMISSION_FORMAT) return { broken: texts.broken_format };
  return { record };
}

/** The record of a data folder as it stands there; null where there is none to trust. */
export function commissionRecord(folder: string): CommissionRecord | null {
  const found = readFile(folder);
  return found && 'record' in found ? found.record : null;
}

/**
 * Reads the record of a data folder and holds it against the site. A file that is cut, changed by
 * hand, of another site or of another box confirms nothing. Throws nothing.
 */
export function readCommission(folder: string, site: CommissionedSite): CommissionStatus {
  const status = judge(readFile(folder), site);
  if (site.mode === 'live' || status.state === 'commissioned') return status;
  return { ...status, told: filledText(texts.unneeded, { told: status.told, mode: site.mode }) };
}

function judge(found: Found, site: CommissionedSite): CommissionStatus {
  const nobody = { hash: null, person: null, doneUtcMs: null } as const;
  const broken = (got: Text): CommissionStatus =>
    ({ state: 'broken', ...nobody, told: filledText(texts.broken, { got }) });
  if (found === null) return { state: 'none', ...nobody, told: texts.none };
  if ('broken' in found) return broken(found.broken);
  const { record } = found;
  const { person, doneUtcMs, safetyHash: hash } = record;
  if (record.site !== site.id) {
    return { state: 'other_site', ...nobody, told: filledText(texts.other_site, { got: record.site }) };
  }
  if (record.box !== site.box) {
    return { state: 'other_box', ...nobody, told: filledText(texts.other_box, { got: record.box }) };
  }
  const who = { person, date: dayOf(doneUtcMs) };
  if (hash !== site.safetyHash) {
    return { state: 'changed', hash, person, doneUtcMs, told: filledText(texts.changed, who) };
  }
  const confirmed = new Set(record.groups.filter((row) => row.confirmed).map(({ id }) => id));
  if (!site.road.signalGroups.every(({ id }) => confirmed.has(id))) return broken(texts.broken_groups);
  return { state: 'commissioned', hash, person, doneUtcMs, told: filledText(texts.by, who) };
}
