import { existsSync, readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Fault } from '../base/fault.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';
import { command } from './command.ts';
import type { Io } from './command.ts';
import { linesOfFile } from './files.ts';

type Ask = (question: string, byDefault: string) => Promise<string>;

/** Answers of a file or a pipe, one a line; `#` begins a comment, an empty line is the default. */
async function writtenAnswers(path: string, io: Io): Promise<Ask> {
  const answers: string[] = [];
  for await (const line of linesOfFile(path, io)) if (!line.startsWith('#')) answers.push(line);
  return (question) => {
    const answer = answers.shift();
    if (answer !== undefined) return Promise.resolve(answer);
    throw new Fault('VALUE_OUT_OF_RANGE', {
      subject: path,
      expected: texts.site_new_answer,
      got: texts.site_new_answers_ended,
      next: {
        en: `${texts.site_new_answers_next.en} ${question}`,
        zh: `${texts.site_new_answers_next.zh} ${question}`,
      },
    });
  };
}

export const siteNew = command({
  name: 'site new',
  summary: texts.site_new_summary,
  details: texts.site_new_details,
  arguments: [{ name: 'folder', help: texts.site_new_folder }],
  options: { answers: { type: 'text', value: 'file', help: texts.site_new_answers } },
  examples: ['site new /etc/lukou/site', 'site new /tmp/site --answers answers.txt'],
  async run({ folder, answers }, io) {
    if (existsSync(folder) && readdirSync(folder).length > 0) {
      throw new Fault('REFUSED', {
        subject: folder,
        expected: texts.fault_folder_expected,
        got: texts.fault_folder_full,
        next: texts.fault_folder_next,
      });
    }
    const { AnswerError, askSite, writeSite } = await import('../../config/ask.ts');
    const { checkSite, formatProblems } = await import('../site.ts');
    const person = answers === null && io.stdin.isTTY;
    // Questions go beside the output, so that --json stays readable by scripts.
    const terminal = person ? createInterface({ input: io.stdin, output: process.stderr }) : null;
    const ask: Ask = terminal
      ? (question, byDefault) => terminal.question(`${question} [${byDefault}] `)
      : await writtenAnswers(answers ?? '-', io);
    try {
      if (terminal) io.note(io.say(texts.site_new_hint));
      // Two sites of one name would share a data folder: the folder's own name is the better default.
      writeSite(folder, await askSite(ask, io.language, basename(resolve(folder))));
    } catch (thrown) {
      if (!(thrown instanceof AnswerError)) throw thrown;
      const facts = {
        subject: 'site new',
        expected: texts.site_new_answer,
        got: thrown.text,
        next: texts.site_new_again,
      };
      throw new Fault('VALUE_OUT_OF_RANGE', facts, { cause: thrown });
    } finally {
      terminal?.close();
    }
    const problems = checkSite(folder);
    const ok = problems.every(({ severity }) => severity !== 'error');
    const made = { formatVersion: 1, site: resolve(folder), ok, problems: problems.length };
    if (io.json) io.out(JSON.stringify(made));
    else {
      io.out(io.say(texts.site_new_done, { folder }));
      if (problems.length > 0) io.out(formatProblems(problems, io.language));
    }
    return ok ? 0 : 1;
  },
});
