/** The languages that every text a person meets exists in. */
export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

/** One text in both languages; `{name}` marks a place for a value. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

/** Values for the places of a text. */
export type TextValues = Readonly<Record<string, string | number>>;

/** Declares texts of one area; the places must be the same in both languages (checked by test). */
export function defineTexts<K extends string>(texts: Readonly<Record<K, Text>>): typeof texts {
  return texts;
}

/** Fills the places of a text in one language. An unknown place stays as it is. */
export function fillText(text: Text, language: Language, values: TextValues = {}): string {
  return text[language].replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}
