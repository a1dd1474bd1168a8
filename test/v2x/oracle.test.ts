import { expect, test } from 'vitest';
import { buildOracle, oracleMissing, oracleTypes } from '../../scripts/oracle/build.ts';
import { checkSubject, subjectsOf } from '../../scripts/oracle/check.ts';
import { xerText } from '../../scripts/oracle/xer.ts';
import { choice, integer, list, named, octets, optional, sequence } from '../../v2x/uper/schema.ts';
import type { Schema } from '../../v2x/uper/schema.ts';

const missing = oracleMissing();
/** A test that needs asn1c; where it is absent the test is skipped and says why. */
const testWithOracle: typeof test = (
  missing === null
    ? test
    : (name: string) => {
        process.stderr.write(`skipped: ${missing}\n`);
        test(`${name} [skipped: ${missing}]`, (context) => context.skip(missing));
      }
) as typeof test;

// The long form is `npm run oracle`: 10,000 messages of each kind in each profile. Here are the two
// profiles that hold every type and both sets of ranges.
const MESSAGES = 200;

testWithOracle('C of another compiler reads and writes random messages as we do', () => {
  let subjects = 0;
  for (const profile of ['A', 'D2'] as const) {
    const oracle = buildOracle(profile, () => undefined);
    for (const subject of subjectsOf(oracle)) {
      const { first, differences } = checkSubject(oracle, subject, MESSAGES, () => undefined);
      expect(first, `${profile} ${subject.name}`).toBeNull();
      expect(differences).toBe(0);
      subjects++;
    }
  }
  // Five messages in A, two of them as phase 2 writes them too; with the extension frame and its
  // nine, fifteen in D2.
  expect(subjects).toBe(22);
}, 240_000);

testWithOracle('a schema that differs from that of C in one range or name is found out', () => {
  const oracle = buildOracle('A', () => undefined);
  const rsm = subjectsOf(oracle).find(({ name }) => name === 'rsmFrame')!;
  const changed = (from: Schema): Schema => {
    const text = JSON.stringify(from)
      .replaceAll('"kind":"integer","min":0,"max":28800', '"kind":"integer","min":1,"max":28801');
    return JSON.parse(text) as Schema;
  };
  const result = checkSubject(oracle, { ...rsm, schema: changed(rsm.schema) }, 20, () => undefined);
  expect(result.differences).toBe(20);
  expect(result.first?.at).toMatch(/participants\.ParticipantData\.heading$/);
  expect(result.first?.hex).toMatch(/^2/);
  const renamed = JSON.stringify(rsm.schema).replaceAll('"refPos"', '"refPlace"');
  const other = { ...rsm, schema: JSON.parse(renamed) as Schema };
  const { first } = checkSubject(oracle, other, 5, () => undefined);
  expect(first?.at).toBe('MessageFrame.rsmFrame');
  expect(first?.said).toMatch(/^its value reads otherwise in C/);
});

test('XER says each kind of value as the other compiler prints it', () => {
  const schema = named('L', list(1, 9, sequence('S', {
    a: integer(0, 9), b: optional(octets(1, 2)), c: choice({ d: octets(1), e: integer(0, 1) }),
  })));
  expect(xerText(schema, [{ a: 1, b: 'ab', c: { e: 0 } }, { a: 2, c: { d: '0f' } }], () => ''))
    .toBe('<L><S><a>1</a><b>AB</b><c><e>0</e></c></S><S><a>2</a><c><d>0F</d></c></S></L>');
});

test('the oracle has the frame and, in phase 2, each message of an open type', () => {
  expect(oracleTypes('B').map(({ name }) => name)).toEqual(['MessageFrame']);
  expect(oracleTypes('D2')).toHaveLength(10);
});
