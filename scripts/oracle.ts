/**
 * `npm run oracle [-- --messages n] [--profile A|B|P2|D2] [--short]`: our schema as ASN.1 text,
 * C made of it by asn1c, and random messages read and written again by that C. Ends with code 1 on
 * a difference and 2 where it cannot run.
 */
import './usage.ts';
import { parseArgs } from 'node:util';
import { profileNames } from '../v2x/schemas/profiles.ts';
import type { ProfileName } from '../v2x/schemas/profiles.ts';
import { buildOracle, oracleMissing } from './oracle/build.ts';
import { checkSubject, exclusions, subjectsOf } from './oracle/check.ts';
import type { SubjectResult } from './oracle/check.ts';

const MESSAGES = 10_000;
const MESSAGES_SHORT = 200;

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const note = (line: string): void => void process.stderr.write(`oracle: ${line}\n`);

const { values } = parseArgs({
  options: {
    messages: { type: 'string' },
    profile: { type: 'string', multiple: true },
    short: { type: 'boolean', default: false },
  },
});

function wantedProfiles(): readonly ProfileName[] | null {
  const wanted = values.profile ?? profileNames;
  const known = profileNames.filter((name) => wanted.includes(name));
  return known.length === wanted.length ? known : null;
}

function wantedMessages(): number | null {
  const count = Number(values.messages ?? (values.short ? MESSAGES_SHORT : MESSAGES));
  return Number.isInteger(count) && count > 0 ? count : null;
}

function checkProfile(profile: ProfileName, messages: number): readonly SubjectResult[] {
  const oracle = buildOracle(profile, note);
  return subjectsOf(oracle).map((subject) => {
    let said = 0;
    const result = checkSubject(oracle, subject, messages, (done) => {
      if (done < said + 5000 && done < messages) return;
      said = done;
      note(`${profile} ${subject.name}: ${done} of ${messages}`);
    });
    const { first } = result;
    if (first) note(`${first.subject} differs at ${first.at}: ${first.said}\n  ${first.hex}`);
    return result;
  });
}

function table(results: readonly SubjectResult[]): readonly string[] {
  const head = ['profile', 'message', 'messages', 'octets', 'longest', 'known', 'differences'];
  const rows = results.map(({ subject, messages, octets, longest, known, differences }) =>
    [subject.profile, subject.name, messages, octets, longest, known, differences].map(String));
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]!.length)));
  return [head, ...rows].map((row) => row.map((cell, column) =>
    column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)).join('  '));
}

function main(): number {
  const profiles = wantedProfiles();
  const messages = wantedMessages();
  if (profiles === null || messages === null) {
    note(`expected --profile of ${profileNames.join(', ')} and --messages of 1 or more`);
    return 2;
  }
  const missing = oracleMissing();
  if (missing !== null) {
    note(missing);
    return 2;
  }
  const results = profiles.flatMap((profile) => checkProfile(profile, messages));
  for (const line of table(results)) out(line);
  for (const { what, why } of exclusions) out(`${what}: ${why}.`);
  const first = results.find((result) => result.first !== null)?.first;
  if (!first) {
    out('C reads and writes every message as we do.');
    return 0;
  }
  out(`first difference: ${first.subject}, seed "${first.seed}", at ${first.at}`);
  out(`  ${first.said}`);
  out(`  ${first.hex}`);
  return 1;
}

process.exitCode = main();
