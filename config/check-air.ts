/** What must hold of the section `air`, and of those who hear self-reports. */
import type { Report } from './problem.ts';
import type { RoadFile } from './road.ts';
import type { SiteFile } from './site.ts';

const FILE = 'site.json';
type Policy = SiteFile['air']['policies'][number];
type Kind = Policy['kind'];

/** Slowest period of each kind by the RSU requirement (rsu-interface, section 7), ms. */
const slowestMs: Readonly<Record<Kind, number>> = {
  MAP: 1000, RSM: 100, SSM: 100, 'RSI-static': 1000, 'RSI-semi-static': 500, 'RSI-dynamic': 100,
};
/** What a kind may be triggered by, beside its period. */
const triggers: Readonly<Record<Kind, readonly Policy['trigger'][]>> = {
  MAP: ['period'],
  RSM: ['period', 'occupied'],
  SSM: ['period', 'occupied'],
  'RSI-static': ['period'],
  'RSI-semi-static': ['period', 'change'],
  'RSI-dynamic': ['period', 'change'],
};
/** Periods are multiples of this, ms. */
const STEP_MS = 100;
/** Drivers that hear what road users say of themselves. */
const HEARS = 'rsu-receive';

function checkPolicy(
  row: Policy, path: string, site: SiteFile, road: RoadFile, report: Report,
): void {
  const may = triggers[row.kind];
  if (!may.includes(row.trigger)) {
    report.error(FILE, `${path}.trigger`, 'air_trigger', {
      kind: row.kind, expected: may.join(', '), got: row.trigger,
    });
  }
  if (row.periodMs % STEP_MS !== 0) {
    report.error(FILE, `${path}.periodMs`, 'air_period', { expected: STEP_MS, got: row.periodMs });
  }
  const slowest = slowestMs[row.kind];
  if (row.periodMs > slowest) {
    report.warn(FILE, `${path}.periodMs`, 'air_slow', {
      kind: row.kind, expected: slowest, got: row.periodMs,
    });
  }
  const names = (values: readonly { readonly id: string }[]): ReadonlySet<string> =>
    new Set(values.map(({ id }) => id));
  if (row.zone !== null && !names(road.zones).has(row.zone)) {
    report.error(
      FILE, `${path}.zone`, 'reference_unknown', { expected: 'zones', got: row.zone },
    );
  }
  row.rsus.forEach((id, index) => {
    if (names(site.rsus).has(id)) return;
    const values = { expected: 'rsus', got: id };
    report.error(FILE, `${path}.rsus[${index}]`, 'reference_unknown', values);
  });
}

function checkOnce(rows: readonly { readonly kind: string }[], path: string, report: Report): void {
  rows.forEach(({ kind }, index) => {
    const before = rows.findIndex((row) => row.kind === kind);
    if (before < index) {
      report.error(FILE, `${path}[${index}].kind`, 'air_twice', { expected: before, got: kind });
    }
  });
}

/** Every problem of the section, and of sensors that hear self-reports. */
export function checkAir(site: SiteFile, road: RoadFile, report: Report): void {
  const { policies, ranks, ssm } = site.air;
  checkOnce(policies, 'air.policies', report);
  checkOnce(ranks, 'air.ranks', report);
  policies.forEach((row, index) => {
    checkPolicy(row, `air.policies[${index}]`, site, road, report);
  });
  if (ssm && !site.rsus.some(({ types }) => types.includes('SSM'))) {
    report.warn(FILE, 'air.ssm', 'air_ssm_unsent');
  }
  if (ssm) report.warn(FILE, 'air.ssm', 'air_ssm_gate');
  site.sensors.forEach(({ driver, sensing }, index) => {
    if ((driver === HEARS) === (sensing === 'v2x')) return;
    const wanted = driver === HEARS ? 'v2x' : HEARS;
    const path = driver === HEARS ? 'sensing' : 'driver';
    const got = driver === HEARS ? sensing : driver;
    report.error(FILE, `sensors[${index}].${path}`, 'sensing_v2x', { expected: wanted, got });
  });
}
