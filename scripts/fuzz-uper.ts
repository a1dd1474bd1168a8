/**
 * `npm run fuzz:uper [-- --inputs n] [--seed text]`: mutated messages into the decoders of all
 * profiles. Each gives a whole value, which can be written again, or an error with path and place.
 * Ends with code 1 at the first input that does otherwise, and prints it.
 */
import './usage.ts';
import { parseArgs } from 'node:util';
import { fuzzUper } from './oracle/fuzz.ts';

const INPUTS = 10_000_000;
const { values } = parseArgs({
  options: { inputs: { type: 'string' }, seed: { type: 'string', default: 'lukou' } },
});
const note = (line: string): void => void process.stderr.write(`fuzz: ${line}\n`);

function main(): number {
  const inputs = Number(values.inputs ?? INPUTS);
  if (!Number.isInteger(inputs) || inputs < 1) {
    note(`expected --inputs of 1 or more, got ${values.inputs}`);
    return 2;
  }
  const began = process.cpuUsage();
  const result = fuzzUper(inputs, values.seed, (done) => note(`${done} of ${inputs}`));
  const { user, system } = process.cpuUsage(began);
  const seconds = ((user + system) / 1e6).toFixed(0);
  process.stdout.write(
    `${result.inputs} inputs, ${result.octets} octets, ${seconds} s of processor: ` +
      `${result.whole} whole values, ${result.refused} refused, ` +
      `${result.rewritten} written again and read as the same value\n` +
      `longest decode ${result.slowestUs.toFixed(0)} µs (${result.slowestOctets} octets)\n`,
  );
  if (result.failure === null) return 0;
  process.stdout.write(`first failure: ${result.failure}\n`);
  return 1;
}

process.exitCode = main();
