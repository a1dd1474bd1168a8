/** Prints the schema of the city payloads: `docs/rscu.proto`. */
import './usage.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { protoText } from '../src/cloud/proto.ts';

// Runs from `dist/scripts`, as all of us do after the build.
const root = fileURLToPath(new URL('../../', import.meta.url));
mkdirSync(`${root}docs`, { recursive: true });
writeFileSync(`${root}docs/rscu.proto`, protoText());
process.stdout.write('docs/rscu.proto written\n');
