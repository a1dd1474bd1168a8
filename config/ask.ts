/**
 * `lukou site new`: a few questions, a valid folder. The questions know no terminal: whoever calls
 * hands in a function that asks.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../src/base/folder.ts';
import type { Language, Text } from '../src/base/text.ts';
import { fillText } from '../src/base/text.ts';
import { checkTexts } from '../src/base/texts/check.ts';
import { generateSite } from './generate.ts';
import type { ArmSpec, JunctionSpec, Manoeuvre } from './generate.ts';
import { writeJson } from './json.ts';
import type { RoadFile } from './road.ts';
import { newSite } from './samples.ts';
import type { SiteFile } from './site.ts';

/** Asks one question and gives the answer; an empty answer means the default. */
export type Ask = (question: string, byDefault: string) => Promise<string>;

/** Both files, accepted by the checker once written. */
export interface NewSite {
  readonly site: SiteFile;
  readonly road: RoadFile;
}

type Question = keyof typeof checkTexts;
/** Reads an answer; a text says what was expected instead. */
type Reading<T> = (answer: string) => { readonly value: T } | { readonly expected: Text };

/** Nobody answered a question as it asks; the sentence in both languages. */
export class AnswerError extends RangeError {
  override name = 'AnswerError';
  readonly text: Text;

  constructor(text: Text) {
    super(text.en);
    this.text = text;
  }
}

/** After this many wrong answers the asker is no person. */
const MAX_TRIES = 5;

class Asker {
  readonly #ask: Ask;
  readonly #language: Language;

  constructor(ask: Ask, language: Language) {
    this.#ask = ask;
    this.#language = language;
  }

  async read<T>(
    question: Question, byDefault: string, reading: Reading<T>, values = {},
  ): Promise<T> {
    let hint = '';
    let last: Text = { en: '', zh: '' };
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const text = fillText(checkTexts[question], this.#language, values);
      const answer = (await this.#ask(`${hint}${text}`, byDefault)).trim() || byDefault;
      const result = reading(answer);
      if ('value' in result) return result.value;
      last = result.expected;
      const again = { got: answer, expected: result.expected[this.#language] };
      hint = `${fillText(checkTexts.ask_again, this.#language, again)}\n`;
    }
    const { en, zh } = checkTexts[question];
    throw new AnswerError({
      en: `${fillText({ en, zh }, 'en', values)}: expected ${last.en}`,
      zh: `${fillText({ en, zh }, 'zh', values)}：期望 ${last.zh}`,
    });
  }
}

const number = (min: number, max: number, whole = false): Reading<number> => (answer) => {
  const value = Number(answer);
  const fits = answer !== '' && value >= min && value <= max && (!whole || Number.isInteger(value));
  return fits ? { value } : { expected: { en: `${min} to ${max}`, zh: `${min} 至 ${max}` } };
};
const matching = (pattern: RegExp, expected: Text): Reading<string> => (answer) =>
  pattern.test(answer) ? { value: answer } : { expected };
const yesNo: Reading<boolean> = (answer) => {
  if (/^(y|yes|是)$/iu.test(answer)) return { value: true };
  if (/^(n|no|否)$/iu.test(answer)) return { value: false };
  return { expected: { en: 'yes or no', zh: 'yes 或 no' } };
};

const letters: Readonly<Record<string, Manoeuvre>> = { l: 'left', s: 'straight', r: 'right' };
/** `l,s,sr` → uses of three lanes from the left. */
const laneUses: Reading<ArmSpec['lanes']> = (answer) => {
  const parts = answer.toLowerCase().split(',').map((part) => part.trim());
  const good = parts.length <= 8 && parts.every((part) => /^[lsr]{1,3}$/u.test(part));
  if (!good) return { expected: { en: 'lanes such as l,s,sr', zh: '如 l,s,sr 的车道' } };
  return {
    value: parts.map((part) => ({ uses: [...new Set(part)].map((letter) => letters[letter]!) })),
  };
};

const KMPH = 1 / 3.6;

async function askArm(
  asker: Asker, index: number, count: number, neighbour: number,
): Promise<ArmSpec> {
  const arm = index + 1;
  // Three arms by default: a road from east to west with a side road to the south.
  const usual = count === 3
    ? [['90', 'l,s'], ['180', 'l,r'], ['270', 's,sr']] as const
    : [['0', 'l,s,sr'], ['90', 'l,s,sr'], ['180', 'l,s,sr'], ['270', 'l,s,sr']] as const;
  const [usualBearing, usualLanes] = usual[index]!;
  const bearingDeg = await asker.read('ask_bearing', usualBearing, number(0, 360), { arm });
  const lengthM = await asker.read('ask_length', '200', number(60, 1000), { arm });
  const lanes = await asker.read('ask_lanes', usualLanes, laneUses, { arm });
  const exitLanes = await asker.read('ask_exits', '2', number(1, 8, true), { arm });
  const speedKmph = await asker.read('ask_speed', '50', number(5, 120), { arm });
  return {
    name: `arm${index + 1}`, bearingDeg, lengthM, lanes, exitLanes,
    nonMotorLane: false, crossing: true, waitingAreaM: null, rightArrow: false,
    speedLimitMps: Math.round(speedKmph * KMPH * 50) / 50,
    neighbour: { region: 0, id: neighbour }, neighbourName: `Neighbour ${index + 1}`,
  };
}

/**
 * Asks for reference point, arms and lanes and builds a bench site of one junction: region 0, an
 * object-list sensor, a TSCBM controller where there are lamps, a unit on loopback. `byDefault`
 * is the id that an empty answer takes. Throws `AnswerError` after five answers in a row that do
 * not fit.
 */
export async function askSite(
  ask: Ask, language: Language = 'en', byDefault = 'my-site',
): Promise<NewSite> {
  const asker = new Asker(ask, language);
  const some: Text = { en: '1 to 60 letters, digits, - and _', zh: '1 至 60 个字母、数字、- 或 _' };
  const fitting = /^[A-Za-z0-9_-]{1,60}$/u;
  const usual = fitting.test(byDefault) ? byDefault : 'my-site';
  const id = await asker.read('ask_id', usual, matching(fitting, some));
  const title = matching(/^.{1,100}$/u, { en: '1 to 100 characters', zh: '1 至 100 个字符' });
  const en = await asker.read('ask_name_en', 'My junction', title);
  const zh = await asker.read('ask_name_zh', '我的路口', title);
  const latDeg = await asker.read('ask_latitude', '31.2841', number(3, 54));
  const lonDeg = await asker.read('ask_longitude', '121.1712', number(73, 136));
  const heightM = await asker.read('ask_height', '10', number(-200, 6000));
  const nodeId = await asker.read('ask_node', '1', number(0, 200, true));
  const lamps = await asker.read('ask_lamps', 'yes', yesNo);
  const count = await asker.read('ask_arms', '4', number(3, 4, true));
  const arms: ArmSpec[] = [];
  for (let index = 0; index < count; index++) {
    arms.push(await askArm(asker, index, count, nodeId + index + 1));
  }
  const junction: JunctionSpec = {
    node: {
      region: 0, id: nodeId,
    }, name: en.replace(/[^\x20-\x7e]/gu, '?').slice(0, 63), prefix: '', centre: [0, 0],
    controllerId: lamps ? 'controller' : null, lampNames: 'tscbm', arms,
    greenS: [{ straight: 30, left: 15 }],
  };
  return generateSite(
    newSite({ id, name: { en, zh }, reference: { latDeg, lonDeg, heightM }, junction }),
  );
}

/** Writes both files of a site into a folder, each whole or not at all (F89). */
export function writeSite(folder: string, { site, road }: NewSite): void {
  makeFolder(folder);
  for (const [file, value] of [['road.json', road], ['site.json', site]] as const) {
    const path = join(folder, file);
    writeFileSync(`${path}.new`, writeJson(value), { mode: 0o644, flush: true });
    renameSync(`${path}.new`, path);
  }
}
