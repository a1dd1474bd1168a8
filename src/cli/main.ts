#!/usr/bin/env node
/**
 * `lukou run`, plainly asked for, goes straight to the daemon: the process that sends SPAT for years
 * shall not carry every command and its words. Anything else, and every mistake, goes to them.
 */
import { leave, mindPipes } from './pipes.ts';
import { plainRun, runPlainly } from './plainrun.ts';

const argv = process.argv.slice(2);
const asked = plainRun(argv);
if (asked === null) await (await import('./whole.ts')).runWhole(argv);
else {
  mindPipes(true);
  await leave(await runPlainly(asked, argv));
}
