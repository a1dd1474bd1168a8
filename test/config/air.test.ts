import { expect, test } from 'vitest';
import { checkSiteTexts, formatProblems, siteFromTexts } from '../../src/site.ts';
import { demoText } from './broken.ts';
import type { Loose } from './broken.ts';

const check = (spoil: (site: Loose) => void): string => {
  const site = JSON.parse(demoText('site')) as Loose;
  spoil(site);
  return formatProblems(checkSiteTexts(JSON.stringify(site), demoText('road')), 'en');
};
const policy = (more: object) => ({ kind: 'RSM', periodMs: 100, trigger: 'period', ...more });

test('each slip in the section of messages has its sentence', () => {
  const rows: readonly (readonly [string, (site: Loose) => void])[] = [
    ['air.policies[0].trigger: RSM may be triggered by period, occupied, got change', (site) => (site.air.policies = [policy({ trigger: 'change' })])],
    ['air.policies[0].periodMs: expected a multiple of 100 ms, got 150', (site) => (site.air.policies = [policy({ periodMs: 150 })])],
    ['air.policies[0].periodMs: RSM is required every 100 ms at the least, got 200', (site) => (site.air.policies = [policy({ periodMs: 200 })])],
    ['air.policies[0].zone: names nowhere, which is not among zones', (site) => (site.air.policies = [policy({ zone: 'nowhere' })])],
    ['air.policies[0].rsus[0]: names nobody, which is not among rsus', (site) => (site.air.policies = [policy({ rsus: ['nobody'] })])],
    ['air.policies[1].kind: RSM stands in row 0 already', (site) => (site.air.policies = [policy({}), policy({})])],
    ['air.ranks[1].kind: MAP stands in row 0 already', (site) => (site.air.ranks = [{ kind: 'MAP', aid: 1, priority: 1 }, { kind: 'MAP', aid: 2, priority: 1 }])],
    ['air.ssm: SSM is wanted, but no unit takes it', (site) => (site.air.ssm = true)],
    ['sensors[0].sensing: sensing v2x and driver rsu-receive belong together: expected v2x, got radar', (site) => {
      Object.assign(site.sensors[0], { driver: 'rsu-receive', port: 'camera-east', options: {} });
    }],
    ['sensors[0].driver: sensing v2x and driver rsu-receive belong together: expected rsu-receive, got radar-ars408', (site) => (site.sensors[0].sensing = 'v2x')],
  ];
  for (const [sentence, spoil] of rows) expect(check(spoil)).toContain(sentence);
  expect(rows).toHaveLength(10);
  expect(check((site) => (site.air.policies = [policy({})]))).toBe('');
});

test('a site without the section has its defaults', () => {
  const site = JSON.parse(demoText('site')) as Loose;
  delete site.air;
  const { air } = siteFromTexts(JSON.stringify(site), demoText('road'));
  expect(air).toMatchObject({ ids: 'full', ssm: false, spreadMs: 60, farM: 100, ranks: [], policies: [] });
});
