/**
 * A strict reader of the XML that map files are made of: elements, attributes, text, CDATA and
 * comments. No document type, no entities but the five that XML itself has and numbers of
 * characters: what cannot expand cannot be a bomb (fault F28). Everything has a limit.
 */
import { Fault } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import type { Text, TextValues } from '../base/text.ts';
import { mapTexts as texts } from '../base/texts/map.ts';

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text and CDATA directly in it, joined. */
  readonly text: string;
  readonly line: number;
}

/** `escaped`: characters of one text or attribute with entities, each of which costs a call. */
export const XML_MAX = {
  characters: 64 * 1024 * 1024, elements: 2_000_000, depth: 64, escaped: 1_000_000,
};

const NAME = /[A-Za-z_:][\w:.-]*/y;
const SPACE = /[ \t\r\n]+/y;
const named: Readonly<Record<string, string>> = {
  lt: '<', gt: '>', amp: '&', quot: '"', apos: "'",
};

interface Open {
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: XmlElement[];
  text: string;
  readonly line: number;
}

class Reader {
  readonly #text: string;
  #at = 0;
  #elements = 0;
  readonly #file: string;
  /** Line ends before `#counted`, so that lines are counted once only. */
  #lines = 1;
  #counted = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  #line(): number {
    for (; this.#counted < this.#at; this.#counted++) {
      if (this.#text.charCodeAt(this.#counted) === 10) this.#lines++;
    }
    return this.#lines;
  }

  #refuse(why: Text, values: TextValues = {}): never {
    throw new Fault('SITE_INVALID', {
      subject: this.#file,
      expected: texts.xml_expected,
      got: filledText(texts.xml_got, { line: this.#line(), why: filledText(why, values) }),
      next: texts.xml_next,
    });
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }

  #skipTo(end: string): string {
    const from = this.#at;
    const found = this.#text.indexOf(end, from);
    if (found < 0) this.#refuse(texts.xml_ended);
    this.#at = found + end.length;
    return this.#text.slice(from, found);
  }

  #decode(raw: string): string {
    if (!raw.includes('&')) return raw;
    if (raw.length > XML_MAX.escaped) this.#refuse(texts.xml_large, { most: XML_MAX.escaped });
    return raw.replace(/&([^;&]{0,12};?)/g, (whole, body: string) => {
      const name = body.slice(0, -1);
      const number = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
      const code = number ? parseInt(number[1] ?? number[2]!, number[1] ? 16 : 10) : 0;
      if (body.endsWith(';') && number && code > 0 && code <= 0x10ffff) {
        return String.fromCodePoint(code);
      }
      return (body.endsWith(';') && named[name]) || this.#refuse(texts.xml_entity, { got: whole });
    });
  }

  #attributes(): Map<string, string> {
    const found = new Map<string, string>();
    for (;;) {
      const spaced = this.#take(SPACE) !== null;
      const name = this.#take(NAME);
      if (name === null) return found;
      this.#take(SPACE);
      if (!spaced || this.#text[this.#at++] !== '=') this.#refuse(texts.xml_attribute, { name });
      this.#take(SPACE);
      const quote = this.#text[this.#at++];
      if (quote !== '"' && quote !== "'") this.#refuse(texts.xml_attribute, { name });
      const raw = this.#skipTo(quote);
      if (raw.includes('<') || found.has(name)) this.#refuse(texts.xml_attribute, { name });
      found.set(name, this.#decode(raw));
    }
  }

  /** What stands between elements. True where it was a mark of its own, not an element's. */
  #mark(open: Open | undefined): boolean {
    const { [this.#at]: second } = this.#text;
    if (second === '?') {
      this.#skipTo('?>');
      return true;
    }
    if (second !== '!') return false;
    if (this.#text.startsWith('!--', this.#at)) {
      this.#at += 3;
      this.#skipTo('-->');
    } else if (open && this.#text.startsWith('![CDATA[', this.#at)) {
      this.#at += 8;
      open.text += this.#skipTo(']]>');
    } else this.#refuse(texts.xml_doctype);
    return true;
  }

  read(): XmlElement {
    if (this.#text.length > XML_MAX.characters) {
      this.#refuse(texts.xml_large, { most: XML_MAX.characters });
    }
    if (this.#text.charCodeAt(0) === 0xfeff) this.#at = 1;
    const open: Open[] = [];
    let root: XmlElement | null = null;
    for (;;) {
      const before = this.#text.indexOf('<', this.#at);
      const text = this.#text.slice(this.#at, before < 0 ? undefined : before);
      const top = open.at(-1);
      if (top) top.text += this.#decode(text);
      else if (/[^ \t\r\n]/.test(text)) this.#refuse(texts.xml_outside);
      if (before < 0) {
        this.#at = this.#text.length;
        if (top || !root) this.#refuse(texts.xml_ended);
        return root;
      }
      this.#at = before + 1;
      if (this.#mark(top)) continue;
      if (this.#text[this.#at] === '/') {
        const closed = this.#close(open);
        if (open.length === 0) root = closed;
      } else {
        if (!top && root) this.#refuse(texts.xml_outside);
        const done = this.#open(open);
        if (done && open.length === 0) root = done;
      }
    }
  }

  /** Reads a start tag; gives the element where it closes itself. */
  #open(open: Open[]): XmlElement | null {
    const line = this.#line();
    const name = this.#take(NAME) ?? this.#refuse(texts.xml_name);
    if (++this.#elements > XML_MAX.elements) {
      this.#refuse(texts.xml_large, { most: XML_MAX.elements });
    }
    const row: Open = { name, attributes: this.#attributes(), children: [], text: '', line };
    const parent = open.at(-1);
    parent?.children.push(row);
    if (this.#text.startsWith('/>', this.#at)) {
      this.#at += 2;
      return row;
    }
    if (this.#text[this.#at++] !== '>') this.#refuse(texts.xml_attribute, { name });
    open.push(row);
    if (open.length > XML_MAX.depth) this.#refuse(texts.xml_large, { most: XML_MAX.depth });
    return null;
  }

  #close(open: Open[]): XmlElement {
    this.#at++;
    const name = this.#take(NAME);
    this.#take(SPACE);
    const row = open.pop();
    if (!row || row.name !== name || this.#text[this.#at++] !== '>') {
      this.#refuse(texts.xml_close, { name: name ?? '' });
    }
    return row;
  }
}

/** Text → its root element. Throws `Fault` SITE_INVALID with the line of what is not taken. */
export const readXml = (text: string, file: string): XmlElement => new Reader(text, file).read();

/** Children of one name. */
export const childrenOf = (element: XmlElement | undefined, name: string): readonly XmlElement[] =>
  element?.children.filter((child) => child.name === name) ?? [];
/** The first child of a name. */
export const childOf = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((child) => child.name === name);
/** An attribute as text; empty where it is absent. */
export const attribute = (element: XmlElement | undefined, name: string): string =>
  element?.attributes.get(name) ?? '';
/** An attribute as a number; the stand-in where it is absent or none. */
export function numberOf(element: XmlElement | undefined, name: string, standIn = 0): number {
  const text = element?.attributes.get(name);
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : standIn;
}
