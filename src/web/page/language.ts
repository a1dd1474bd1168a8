import { counterKeys } from '../../base/counters.ts';
import { fillText, languages } from '../../base/text.ts';
import type { Language, TextValues } from '../../base/text.ts';
import type { Junction, Text } from './document.ts';

const KEPT_AS = 'lukou-language';

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT_AS);
  const known = languages.find((language) => language === kept);
  return known ?? (navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en');
}

/** Speaks the person's language with the texts that the server sent. */
export class Speaker {
  #language: Language = firstLanguage();
  #texts: Readonly<Record<string, Text>> = {};
  #names: Readonly<Record<string, Text>> = {};

  use(junction: Junction): void {
    this.#texts = junction.texts;
    this.#names = junction.names;
  }

  get language(): Language {
    return this.#language;
  }

  set language(language: Language) {
    this.#language = language;
    localStorage.setItem(KEPT_AS, language);
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }

  /** A text of the page; the key itself where there is none. */
  say(key: string, values: TextValues = {}): string {
    const text = this.#texts[key];
    return text ? fillText(text, this.#language, values) : key;
  }

  /** A word of the daemon (`stopped-vehicle`, `never_heard`) as a person says it. */
  word(kind: string, name: string): string {
    const text = this.#texts[`${kind}_${name.replaceAll('-', '_')}`];
    return text ? text[this.#language] : name;
  }

  /** What a counter or a rule means; null where the catalogue does not say. */
  meaning(name: string): string | null {
    const key = counterKeys(name).find((candidate) => Object.hasOwn(this.#names, candidate));
    return key === undefined ? null : this.#names[key]![this.#language];
  }

  pick(text: Text): string {
    return text[this.#language];
  }
}
