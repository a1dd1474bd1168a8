/** The languages that every text a person meets exists in. */
export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

/** One text in both languages; `{name}` marks a place for a value. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

/** Values for the places of a text; one that is a text itself is said in the same language. */
export type TextValues = Readonly<Record<string, string | number | Text>>;

/** Declares texts of one area; the places must be the same in both languages (checked by test). */
export function defineTexts<K extends string>(texts: Readonly<Record<K, Text>>): typeof texts {
  return texts;
}

/** What a value says in one language. */
export function saidIn(language: Language, value: string | number | Text): string {
  return typeof value === 'object' ? value[language] : String(value);
}

/** Fills the places of a text in one language. An unknown place stays as it is. */
export function fillText(text: Text, language: Language, values: TextValues = {}): string {
  return text[language].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? whole : saidIn(language, value);
  });
}

/** The same in both languages at once: a text without open places, for a fact of a `Fault`. */
export function filledText(text: Text, values: TextValues): Text {
  return { en: fillText(text, 'en', values), zh: fillText(text, 'zh', values) };
}
