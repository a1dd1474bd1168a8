/** asn1c's C for the printed schema of a profile, compiled once and kept under `build/`. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { frameSchema } from '../../v2x/schemas/profiles.ts';
import type { ProfileName } from '../../v2x/schemas/profiles.ts';
import { asn1Module, innerSchemas } from '../../v2x/uper/asn1.ts';
import type { Schema } from '../../v2x/uper/schema.ts';

/** The root of the checkout, from the sources as well as from what is built of them. */
function checkout(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** One type that C can read and write by itself. */
export interface OracleType {
  readonly name: string;
  readonly schema: Schema;
}

/** A compiled program and the types that it knows, by number. */
export interface Oracle {
  readonly program: string;
  readonly profile: ProfileName;
  readonly types: readonly OracleType[];
}

/** The frame, and after it each message that travels in an open type. */
export function oracleTypes(profile: ProfileName): readonly OracleType[] {
  const root = frameSchema(profile);
  const found: OracleType[] = [{ name: 'MessageFrame', schema: root }];
  const seen = new Set<Schema>();
  const visit = (schema: Schema): void => {
    if (seen.has(schema)) return;
    seen.add(schema);
    if (schema.kind === 'open') {
      for (const [name, row] of Object.entries(schema.rows)) found.push({ name, schema: row });
    }
    innerSchemas(schema).forEach(visit);
  };
  visit(root);
  return found;
}

/** Why the oracle cannot be built here; null when it can. */
export function oracleMissing(): string | null {
  for (const program of ['asn1c', 'gcc']) {
    const { error } = spawnSync(program, ['--version'], { stdio: 'ignore' });
    if (error) return `${program} is not installed (Debian: apt-get install asn1c gcc libc6-dev)`;
  }
  return null;
}

function run(program: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status === 0) return;
  const last = `${error?.message ?? ''}${stdout}${stderr}`.trim().split('\n').slice(-15).join('\n');
  throw new Error(`${program} ended with ${status}:\n${last}`);
}

/** The types as a table of C; hyphens of ASN.1 are underscores there. */
function tableText(types: readonly OracleType[]): string {
  const names = types.map(({ name }) => name.replace(/-/g, '_'));
  const phase2 = names.length > 1 ? '#define ORACLE_PHASE2 1\n' : '';
  return `${phase2}${names.map((name) => `#include <${name}.h>\n`).join('')}
static asn_TYPE_descriptor_t *const oracle_types[] = {
${names.map((name) => `  &asn_DEF_${name},\n`).join('')}};
`;
}

/**
 * The program for a profile; built in some seconds when the schema or the driver has changed.
 * Throws when asn1c or gcc fails, with their last lines.
 */
export function buildOracle(profile: ProfileName, note: (line: string) => void): Oracle {
  const types = oracleTypes(profile);
  const text = asn1Module(`Lukou-${profile}`, frameSchema(profile));
  const driver = join(checkout(), 'scripts/oracle/driver.c');
  const table = tableText(types);
  const hash = createHash('sha256');
  for (const part of [text, readFileSync(driver, 'utf8'), table]) hash.update(part).update('\0');
  const folder = join(checkout(), 'build/oracle', `${profile}-${hash.digest('hex').slice(0, 16)}`);
  const program = join(folder, 'driver');
  const oracle = { program, profile, types };
  if (existsSync(program)) return oracle;
  note(`generating and compiling C for profile ${profile} ...`);
  const work = `${folder}.${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, 'schema.asn1'), text);
  run('asn1c', ['-fcompound-names', '-gen-PER', 'schema.asn1'], work);
  rmSync(join(work, 'converter-sample.c'), { force: true });
  writeFileSync(join(work, 'oracle-types.h'), table);
  copyFileSync(driver, join(work, 'driver.c'));
  compile(work);
  rmSync(folder, { recursive: true, force: true });
  renameSync(work, folder);
  return oracle;
}

function compile(work: string): void {
  const sources = readdirSync(work).filter((name) => name.endsWith('.c'));
  run('gcc', ['-O2', '-w', '-I.', ...sources, '-o', 'driver', '-lm'], work);
}
