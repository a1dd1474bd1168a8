/**
 * Writes encoders. Each sequence, choice and list becomes a straight function; neighbouring values
 * of fixed width are checked one by one and written as one word.
 */
import { fieldOf } from './schema.ts';
import type {
  ChoiceSchema,
  ListSchema,
  OpenSchema,
  Schema,
  SequenceSchema,
} from './schema.ts';
import { Source, literal, mergedText } from './source.ts';
import type { GeneratedCode, Piece } from './source.ts';
import { bitsFor } from './widths.ts';

/** The text of an encoder and its constants. */
export function encoderSource(schema: Schema, helpers: readonly string[]): GeneratedCode {
  const source = new Source('e', writeFunction);
  const entry = source.functionOf(schema);
  return { text: source.text(entry, helpers), constants: source.constants };
}

function writeFunction(schema: Schema, name: string, source: Source): string {
  switch (schema.kind) {
    case 'sequence':
      return sequenceFunction(schema, name, source);
    case 'choice':
      return choiceFunction(schema, name, source);
    case 'list':
      return listFunction(schema, name, source);
    case 'open':
      return openFunction(schema, name, source);
    default: {
      const lines = new Lines();
      lines.value(schema, 'v', source);
      lines.flush();
      return `function ${name}(w, v) {\n${lines.text()}\n}`;
    }
  }
}

/** Lines of one function; `pending` are values that are checked and not yet written. */
class Lines {
  private readonly lines: string[] = [];
  private pending: Piece[] = [];
  private pendingWidth = 0;
  private count = 0;

  add(...lines: string[]): void {
    this.lines.push(...lines);
  }

  text(): string {
    return this.lines.join('\n');
  }

  /** A value of fixed width, written with its neighbours. */
  piece(text: string, width: number): void {
    if (width === 0) return;
    if (this.pendingWidth + width > 32) this.flush();
    this.pending.push({ text, width });
    this.pendingWidth += width;
  }

  flush(): void {
    if (this.pendingWidth > 0) {
      this.put(mergedText(this.pending), this.pendingWidth);
    }
    this.pending = [];
    this.pendingWidth = 0;
  }

  /** The code of `BitWriter.put` in place, since a call for each word would cost more than it. */
  private put(text: string, width: number): void {
    const word = `t${this.count++}`;
    this.add(
      `const ${word} = ${text};`,
      `if ((w.filled += ${width}) < 32) w.word |= ${word} << (32 - w.filled);`,
      `else w.spill(${word});`,
    );
  }

  /** Writes the pending values together with one more, or alone before the longer form of it. */
  private rootOrExtended(test: string, root: Piece, extended: string): void {
    if (this.pendingWidth + root.width > 32) this.flush();
    const before = this.pending.length > 0
      ? `w.put(${mergedText(this.pending)}, ${this.pendingWidth});`
      : '';
    const both = mergedText([...this.pending, root]);
    this.add(
      `if (${test}) w.put(${both}, ${this.pendingWidth + root.width});`,
      `else { ${before} ${extended} }`,
    );
    this.pending = [];
    this.pendingWidth = 0;
  }

  /** The code that checks and writes the value in variable `v`. */
  value(schema: Schema, v: string, source: Source): void {
    switch (schema.kind) {
      case 'integer':
        this.integer(schema.min, schema.max, schema.extensible, v);
        break;
      case 'boolean':
        this.add(`if (${v} !== true && ${v} !== false) badBoolean(${v});`);
        this.piece(`${v} ? 1 : 0`, 1);
        break;
      case 'enumerated':
        this.enumerated(schema, v, source);
        break;
      case 'bits':
        this.bits(schema.size, schema.extensible, v);
        break;
      case 'octets': {
        const { min, max } = schema;
        const width = bitsFor(max - min + 1);
        if (min === max && max <= 4 && !schema.extensible) {
          this.shortOctets(min, v);
          break;
        }
        this.flush();
        if (schema.extensible) {
          this.add(`putExtensibleOctets(w, ${v}, ${min}, ${max}, ${width});`);
        } else if (min === max) this.add(`putFixedOctets(w, ${v}, ${min});`);
        else this.add(`putOctets(w, ${v}, ${min}, ${max}, ${width});`);
        break;
      }
      case 'ia5': {
        this.flush();
        const width = bitsFor(schema.max - schema.min + 1);
        this.add(`putText(w, ${v}, ${schema.min}, ${schema.max}, ${width});`);
        break;
      }
      default:
        this.flush();
        this.add(`${source.functionOf(schema)}(w, ${v});`);
    }
  }

  private integer(min: number, max: number, extensible: boolean, v: string): void {
    const width = bitsFor(max - min + 1);
    if (extensible) {
      this.flush();
      const inside = `Number.isInteger(${v}) && ${v} >= ${min} && ${v} <= ${max}`;
      const root = width === 0 ? '' : `w.put(${v} - ${min}, ${width});`;
      this.add(
        `if (${inside}) { w.put(0, 1); ${root} }`,
        `else { w.put(1, 1); putUnconstrained(w, ${v}); }`,
      );
      return;
    }
    const bad = `badInteger(${v}, ${min}, ${max})`;
    if (min === 0 && max === 2 ** width - 1 && width < 31) {
      this.add(`if ((${v} & ${max}) !== ${v}) ${bad};`);
    } else if (min >= -(2 ** 31) && max < 2 ** 31) {
      this.add(`if ((${v} | 0) !== ${v} || ${v} < ${min} || ${v} > ${max}) ${bad};`);
    } else {
      this.add(`if (!(Number.isInteger(${v}) && ${v} >= ${min} && ${v} <= ${max})) ${bad};`);
    }
    const shift = min === 0 ? '' : min < 0 ? ` + ${-min}` : ` - ${min}`;
    this.piece(`${v}${shift} | 0`, width);
  }

  private enumerated(
    schema: Extract<Schema, { kind: 'enumerated' }>,
    v: string,
    source: Source,
  ): void {
    const names = source.constant(schema.values);
    const width = bitsFor(schema.values.length);
    const index = `i${this.count++}`;
    this.add(`const ${index} = ${source.constant(indexOf(schema.values))}.get(${v});`);
    if (!schema.extensible) {
      this.add(`if (${index} === undefined) badName(${v}, ${names});`);
      this.piece(index, width);
      return;
    }
    const additions = source.constant(schema.additions);
    this.rootOrExtended(
      `${index} !== undefined`,
      { text: index, width: width + 1 },
      `putExtendedName(w, ${v}, ${names}, ${additions});`,
    );
  }

  /** A few octets are a number. */
  private shortOctets(count: number, v: string): void {
    const value = `b${this.count++}`;
    this.add(`const ${value} = octetsValue(${v}, ${count});`);
    this.piece(value, 8 * count);
  }

  private bits(size: number, extensible: boolean, v: string): void {
    const value = `b${this.count++}`;
    if (!extensible) {
      this.add(`const ${value} = fixedBits(${v}, ${size});`);
      this.piece(value, size);
      return;
    }
    this.add(`const ${value} = bitsValue(${v}, ${size});`);
    this.rootOrExtended(
      `${value} >= 0`,
      { text: value, width: size + 1 },
      `putExtendedBits(w, ${v});`,
    );
  }
}

const indexes = new WeakMap<readonly string[], Map<string, number>>();

/** The place of each name. */
function indexOf(names: readonly string[]): Map<string, number> {
  let index = indexes.get(names);
  if (index === undefined) {
    index = new Map(names.map((name, place) => [name, place]));
    indexes.set(names, index);
  }
  return index;
}

function sequenceFunction(schema: SequenceSchema, name: string, source: Source): string {
  const lines = new Lines();
  const fields = Object.entries(schema.fields);
  const additions = Object.entries(schema.additions);
  const steps = source.constant([...fields, ...additions].map(([field]) => field));
  const notObject = 'typeof v !== "object" || v === null || Array.isArray(v)';
  lines.add(`if (${notObject}) badObject(v, ${literal(schema.name)});`);
  fields.forEach(([field], place) => lines.add(`const f${place} = v[${literal(field)}];`));
  additions.forEach(([field], place) => lines.add(`const x${place} = v[${literal(field)}];`));
  const present = additions.map((_, place) => `x${place} !== undefined`).join(' || ');
  if (additions.length > 0) lines.add(`const more = ${present} ? 1 : 0;`);
  if (schema.extensible) lines.piece(additions.length > 0 ? 'more' : '0', 1);
  fields.forEach(([, field], place) => {
    if (fieldOf(field).optional) lines.piece(`f${place} === undefined ? 0 : 1`, 1);
  });
  fields.forEach(([, field], place) => {
    const { schema: inner, optional } = fieldOf(field);
    const v = inner.kind === 'open' ? `f${place}, v[${literal(inner.by)}]` : `f${place}`;
    if (!optional) {
      lines.add(`at = ${place};`);
      lines.value(inner, v, source);
      return;
    }
    lines.flush();
    lines.add(`if (f${place} !== undefined) {`, `at = ${place};`);
    lines.value(inner, v, source);
    lines.flush();
    lines.add('}');
  });
  lines.flush();
  if (additions.length > 0) lines.add(additionsText(schema, fields.length, source));
  return `function ${name}(w, v) {
let at = -1;
try {
${lines.text()}
} catch (thrown) { throw at < 0 ? thrown : within(thrown, ${steps}[at]); }
}`;
}

/** The part of a sequence after its root: count, presence bits, open types. */
function additionsText(schema: SequenceSchema, first: number, source: Source): string {
  const additions = Object.entries(schema.additions);
  const bitmap = new Lines();
  additions.forEach((_, place) => bitmap.piece(`x${place} === undefined ? 0 : 1`, 1));
  bitmap.flush();
  const values = additions.map(([, field], place) => {
    const lines = new Lines();
    lines.value(fieldOf(field).schema, `x${place}`, source);
    lines.flush();
    return `if (x${place} !== undefined) {
at = ${first + place};
const c = w.beginOpen();
${lines.text()}
w.endOpen(c);
}`;
  });
  return `if (more === 1) {
w.putSmallLength(${additions.length});
${bitmap.text()}
${values.join('\n')}
}`;
}

function choiceFunction(schema: ChoiceSchema, name: string, source: Source): string {
  const root = Object.entries(schema.alternatives);
  const additions = Object.entries(schema.additions);
  const names = source.constant([...root, ...additions].map(([alternative]) => alternative));
  const added = source.constant(additions.map(([alternative]) => alternative));
  const width = bitsFor(root.length) + (schema.extensible ? 1 : 0);
  const rows = root.map(([alternative, inner], place) => {
    const lines = new Lines();
    lines.piece(String(place), width);
    lines.value(inner, 'x', source);
    lines.flush();
    return `case ${literal(alternative)}: { ${lines.text()} return; }`;
  });
  const extended = additions.map(([alternative, inner], place) => {
    const lines = new Lines();
    lines.value(inner, 'x', source);
    lines.flush();
    return `case ${literal(alternative)}: {
w.put(1, 1); w.putSmallNumber(${place});
const c = w.beginOpen();
${lines.text()}
w.endOpen(c); return; }`;
  });
  const unknown = schema.extensible
    ? `const index = extensionIndex(key, ${added});
if (index >= 0) { w.put(1, 1); w.putSmallNumber(index); putUnknown(w, x); return; }`
    : '';
  return `function ${name}(w, v) {
if (typeof v !== "object" || v === null) badChoice(v, ${names});
let key; let x; let count = 0;
for (const k in v) { key = k; x = v[k]; count++; }
if (count !== 1) badChoice(v, ${names});
try {
switch (key) {
${[...rows, ...extended].join('\n')}
}
${unknown}
} catch (thrown) { throw within(thrown, key); }
badChoice(v, ${names});
}`;
}

function listFunction(schema: ListSchema, name: string, source: Source): string {
  const { min, max, element } = schema;
  const lines = new Lines();
  lines.value(element, 'x', source);
  lines.flush();
  const walk = `for (; i < to; i++) { const x = v[i];\n${lines.text()}\n}`;
  const bounds = max === Infinity ? 'false' : `v.length < ${min} || v.length > ${max}`;
  const width = max === Infinity ? 0 : bitsFor(max - min + 1);
  const head = new Lines();
  head.piece(`v.length - ${min}`, width);
  head.flush();
  const count = head.text();
  const body = max === Infinity
    ? `w.putFragments(v.length, (from, to) => { ${walk} });`
    : `${count} const to = v.length; ${walk}`;
  const limit = max === Infinity ? 'Infinity' : String(max);
  return `function ${name}(w, v) {
if (!Array.isArray(v) || ${bounds}) badList(v, ${min}, ${limit});
let i = 0;
try {
${body}
} catch (thrown) { throw within(thrown, i); }
}`;
}

function openFunction(schema: OpenSchema, name: string, source: Source): string {
  const rows = Object.entries(schema.rows).map(([type, inner]) => {
    const lines = new Lines();
    lines.value(inner, 'x', source);
    lines.flush();
    return `case ${schema.numbers[type]}: {
if (key !== ${literal(type)}) badOpen(v, ${literal(type)}, ${literal(schema.by)}, number);
const x = v[key];
step = key;
const c = w.beginOpen();
${lines.text()}
w.endOpen(c); return; }`;
  });
  return `function ${name}(w, v, number) {
if (typeof v !== "object" || v === null) badObject(v, "an open type");
let key; let count = 0;
for (const k in v) { key = k; count++; }
if (count !== 1) badObject(v, "an open type");
let step = null;
try {
switch (number) {
${rows.join('\n')}
}
if (key === "Unknown") { step = key; putUnknown(w, v[key]); return; }
} catch (thrown) { throw step === null ? thrown : within(thrown, step); }
badOpen(v, "Unknown", ${literal(schema.by)}, number);
}`;
}
