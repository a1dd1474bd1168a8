/** Prints the message set of a profile as ASN.1: `node dist/scripts/print-asn1.js [A|B|P2|D2]`. */
import { frameSchema, profileNames } from '../v2x/schemas/profiles.ts';
import { asn1Module } from '../v2x/uper/asn1.ts';

const wanted = process.argv[2] ?? 'A';
const profile = profileNames.find((name) => name === wanted);
if (profile === undefined) {
  process.stderr.write(`expected one of ${profileNames.join(', ')}, got ${wanted}\n`);
  process.exitCode = 2;
} else {
  process.stdout.write(asn1Module(`Lukou-${profile}`, frameSchema(profile)));
}
