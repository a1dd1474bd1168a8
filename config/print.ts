/** Prints the handbook's settings tables from the rows themselves. */
import type { z } from 'zod';
import type { Language } from '../src/base/text.ts';
import { definition, takes, unwrap } from './describe.ts';
import type { FieldFacts, Section } from './field.ts';

/** One line of a settings table. */
export interface SettingLine {
  readonly path: string;
  readonly takes: string;
  /** As JSON; empty where it is required. */
  readonly byDefault: string;
  readonly unverified: boolean;
  readonly help: string;
}

const helpOf = (facts: Partial<FieldFacts>, language: Language): string =>
  facts.help?.[language] ?? '';

/** What a reader calls a variant: its words, as `udp` or `can, slcan-tcp`. */
const variantName = (schema: z.ZodType): string =>
  Object.values(definition(schema).shape ?? {})
    .flatMap((row) =>
      (definition(row).type === 'literal' ? (definition(row).values ?? []).map(String) : []))
    .join(', ');

function* rowLines(path: string, schema: z.ZodType, language: Language): Generator<SettingLine> {
  const { inner, facts, hasDefault, defaultValue, nullable } = unwrap(schema);
  const def = definition(inner);
  const line = (takesText: string): SettingLine => ({
    path, takes: takesText, unverified: facts.unverified === true, help: helpOf(facts, language),
    byDefault: hasDefault ? JSON.stringify(defaultValue) : '',
  });
  if (def.type === 'object') {
    if (facts.help || nullable) yield line(takes(schema)[language]);
    yield* objectLines(path, inner, language);
  } else if (def.type === 'array' && def.element) {
    const element = unwrap(def.element).inner;
    const kind = definition(element).type;
    const nested = kind === 'object' || kind === 'union';
    const own = takes(schema)[language];
    yield line(
      nested ? own : `${own}: ${takes(def.element)[language]}`,
    );
    if (nested) yield* inside(`${path}[]`, element, language);
  } else if (def.type === 'record' && def.valueType) {
    yield line(takes(schema)[language]);
    yield* inside(`${path}.*`, unwrap(def.valueType).inner, language);
  } else if (def.type === 'union') {
    yield line(
      isObjects(inner) ? takes(schema)[language].split(' | ')[0]! : takes(schema)[language],
    );
    yield* inside(path, inner, language);
  } else {
    yield line(takes(schema)[language]);
  }
}

const isObjects = (schema: z.ZodType): boolean => {
  const def = definition(schema);
  if (def.type === 'object') return true;
  return def.type === 'union' && (def.options ?? []).every((option) =>
    isObjects(unwrap(option).inner));
};

function* inside(path: string, schema: z.ZodType, language: Language): Generator<SettingLine> {
  const def = definition(schema);
  if (def.type === 'object') yield* objectLines(path, schema, language);
  if (def.type !== 'union') return;
  for (const option of def.options ?? []) {
    const { inner } = unwrap(option);
    if (definition(inner).type === 'union') yield* inside(path, inner, language);
    if (definition(inner).type === 'object') yield* objectLines(
      `${path}(${variantName(inner)})`, inner, language,
    );
  }
}

function* objectLines(path: string, schema: z.ZodType, language: Language): Generator<SettingLine> {
  for (const [name, row] of Object.entries(definition(schema).shape ?? {})) {
    if (definition(row).type === 'literal') continue;
    yield* rowLines(path === '' ? name : `${path}.${name}`, row, language);
  }
}

/** Every line of a section, nested rows after their owner. */
export const settingLines = (section: Section, language: Language): readonly SettingLine[] =>
  Object.entries(section).flatMap(([name, row]) => [...rowLines(name, row, language)]);

const heads: Readonly<Record<Language, readonly [string, string, string, string]>> = {
  en: ['Setting', 'Takes', 'Default', 'What it is'],
  zh: ['设置', '取值', '默认', '说明'],
};
const requiredWord: Readonly<Record<Language, string>> = { en: 'required', zh: '必填' };

const cell = (text: string): string => text.replace(/\|/gu, '\\|').replace(/\s+/gu, ' ');

/** A section as a Markdown table; facts that are not verified bear (?). */
export function settingsTable(section: Section, language: Language): string {
  const [name, range, byDefault, help] = heads[language];
  const rows = settingLines(section, language).map((line) => {
    const mark = line.unverified ? ' (?)' : '';
    const first = line.byDefault === '' ? requiredWord[language] : `\`${line.byDefault}\``;
    const cells = [`\`${line.path}\`${mark}`, cell(line.takes), cell(first), cell(line.help)];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    `| ${name} | ${range} | ${byDefault} | ${help} |`, '|---|---|---|---|', ...rows,
  ].join('\n');
}
