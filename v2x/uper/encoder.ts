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
import { bitsFor, isSmall } from './widths.ts';

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
      const lines = new Lines(source);
      lines.value(schema, 'v', []);
      lines.flush();
      return lines.functionText(name, 'w, v', '', null);
    }
  }
}

/**
 * Lines of one function; `pending` are values that are checked and not yet written. The variable
 * `at` of the function holds the number of the path that is being written, for a refusal.
 */
class Lines {
  private lines: string[] = [];
  private pending: readonly Piece[] = [];
  private pendingWidth = 0;
  private count = 0;
  /** Paths below the value of the function; the first is that value itself. */
  private readonly paths: (readonly string[])[] = [[]];
  private readonly source: Source;

  constructor(source: Source) {
    this.source = source;
  }

  add(...lines: string[]): void {
    this.lines.push(...lines);
  }

  /** The text of the function around the lines; `step` is the text of the step above them. */
  functionText(name: string, parameters: string, before: string, step: string | null): string {
    const paths = this.source.constant(this.paths);
    const inner = `within(thrown, ${paths}[at])`;
    return `function ${name}(${parameters}) {
${before}
let at = 0;
try {
${this.lines.join('\n')}
} catch (thrown) { throw ${step === null ? inner : `within(${inner}, ${step})`}; }
}`;
  }

  /** A new variable. */
  fresh(letter: string): string {
    return `${letter}${this.count++}`;
  }

  /** Says which path the following lines are about. */
  enter(path: readonly string[]): void {
    const number = path.length === 0 ? 0 : this.paths.push(path) - 1;
    this.add(`at = ${number};`);
  }

  /** A value of fixed width, written with its neighbours. */
  piece(text: string, width: number): void {
    if (width === 0) return;
    if (this.pendingWidth + width > 32) this.flush();
    this.pending = [...this.pending, { text, width }];
    this.pendingWidth += width;
  }

  flush(): void {
    if (this.pendingWidth > 0) this.put(mergedText(this.pending), this.pendingWidth);
    this.pending = [];
    this.pendingWidth = 0;
  }

  /** The code of `BitWriter.put` in place, since a call for each word would cost more than it. */
  private put(text: string, width: number): void {
    const word = this.fresh('t');
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
    this.add(`if (${test}) {`);
    this.put(both, this.pendingWidth + root.width);
    this.add(`} else { ${before} ${extended} }`);
    this.pending = [];
    this.pendingWidth = 0;
  }

  /** The code that checks and writes the value in variable `v`, which is at `path`. */
  value(schema: Schema, v: string, path: readonly string[]): void {
    switch (schema.kind) {
      case 'integer':
        this.integer(schema.min, schema.max, schema.extensible, v);
        break;
      case 'boolean':
        this.add(`if (${v} !== true && ${v} !== false) badBoolean(${v});`);
        this.piece(`${v} ? 1 : 0`, 1);
        break;
      case 'enumerated':
        this.enumerated(schema, v);
        break;
      case 'bits':
        this.bits(schema.size, schema.extensible, v);
        break;
      case 'octets':
        this.octets(schema, v);
        break;
      case 'ia5': {
        this.flush();
        const width = bitsFor(schema.max - schema.min + 1);
        this.add(`putText(w, ${v}, ${schema.min}, ${schema.max}, ${width});`);
        break;
      }
      default:
        if (schema.kind === 'sequence' && isSmall(schema)) this.sequence(schema, v, path);
        else if (schema.kind === 'choice' && isSmall(schema)) this.choice(schema, v, path);
        else {
          this.flush();
          this.add(`${this.source.functionOf(schema)}(w, ${v});`);
        }
    }
  }

  /** The fields of a sequence in place. */
  sequence(schema: SequenceSchema, v: string, path: readonly string[]): void {
    const additions = Object.entries(schema.additions);
    this.add(
      `if (typeof ${v} !== "object" || ${v} === null || Array.isArray(${v})) `
      + `badObject(${v}, ${literal(schema.name)});`,
    );
    const load = (name: string): string => {
      const variable = this.fresh('f');
      this.add(`const ${variable} = ${v}[${literal(name)}];`);
      return variable;
    };
    const fields = Object.entries(schema.fields).map(([name, field]) =>
      ({ name, ...fieldOf(field), variable: load(name) }));
    const added = additions.map(([name, field]) =>
      ({ name, schema: fieldOf(field).schema, variable: load(name) }));
    const more = this.fresh('more');
    if (added.length > 0) {
      const some = added.map(({ variable }) => `${variable} !== undefined`).join(' || ');
      this.add(`const ${more} = ${some} ? 1 : 0;`);
    }
    if (schema.extensible) this.piece(added.length > 0 ? more : '0', 1);
    for (const { optional, variable } of fields) {
      if (optional) this.piece(`${variable} === undefined ? 0 : 1`, 1);
    }
    for (const { name, schema: inner, optional, variable } of fields) {
      const here = [...path, name];
      const value = inner.kind === 'open' ? `${variable}, ${v}[${literal(inner.by)}]` : variable;
      if (!optional) {
        this.enter(here);
        this.value(inner, value, here);
        continue;
      }
      this.flush();
      this.add(`if (${variable} !== undefined) {`);
      this.enter(here);
      this.value(inner, value, here);
      this.flush();
      this.add('}');
    }
    if (added.length > 0) this.additions(added, more, path);
  }

  /** The part of a sequence after its root: count, presence bits, open types. */
  private additions(
    added: readonly { name: string; schema: Schema; variable: string }[],
    more: string,
    path: readonly string[],
  ): void {
    this.flush();
    this.add(`if (${more} === 1) {`, `w.putSmallLength(${added.length});`);
    for (const { variable } of added) this.piece(`${variable} === undefined ? 0 : 1`, 1);
    this.flush();
    for (const { name, schema, variable } of added) {
      this.add(`if (${variable} !== undefined) {`);
      this.enter([...path, name]);
      this.openType(schema, variable, [...path, name]);
      this.add('}');
    }
    this.add('}');
  }

  /** A value as an open type. */
  openType(schema: Schema, v: string, path: readonly string[]): void {
    const from = this.fresh('o');
    this.add(`const ${from} = w.beginOpen();`);
    this.value(schema, v, path);
    this.flush();
    this.add(`w.endOpen(${from});`);
  }

  /** A choice in place: each alternative is written in one word with what is pending, if it can. */
  private choice(schema: ChoiceSchema, v: string, path: readonly string[]): void {
    const all = Object.entries(schema.alternatives);
    const names = this.source.constant(all.map(([name]) => name));
    const width = bitsFor(all.length);
    const { pending, pendingWidth } = this;
    const { key, value } = this.onlyKey(v, names);
    this.add(`switch (${key}) {`);
    all.forEach(([name, inner], place) => {
      this.pending = pending;
      this.pendingWidth = pendingWidth;
      this.add(`case ${literal(name)}: {`);
      this.enter([...path, name]);
      this.piece(String(place), width);
      this.value(inner, value, [...path, name]);
      this.flush();
      this.add('break; }');
    });
    this.add(`default: badChoice(${v}, ${names});`, '}');
  }

  /** The one name that an object has, and what is there. */
  onlyKey(v: string, names: string): { readonly key: string; readonly value: string } {
    const [key, value, count] = [this.fresh('key'), this.fresh('x'), this.fresh('n')];
    this.add(
      `if (typeof ${v} !== "object" || ${v} === null) badChoice(${v}, ${names});`,
      `let ${key}; let ${value}; let ${count} = 0;`,
      `for (const k in ${v}) { ${key} = k; ${value} = ${v}[k]; ${count}++; }`,
      `if (${count} !== 1) badChoice(${v}, ${names});`,
    );
    return { key, value };
  }

  private octets(schema: Extract<Schema, { kind: 'octets' }>, v: string): void {
    const { min, max, extensible } = schema;
    const width = bitsFor(max - min + 1);
    if (min === max && max <= 4 && !extensible) {
      // A few octets are a number.
      const value = this.fresh('b');
      this.add(`const ${value} = octetsValue(${v}, ${min});`);
      this.piece(value, 8 * min);
      return;
    }
    this.flush();
    if (extensible) this.add(`putExtensibleOctets(w, ${v}, ${min}, ${max}, ${width});`);
    else if (min === max) this.add(`putFixedOctets(w, ${v}, ${min});`);
    else this.add(`putOctets(w, ${v}, ${min}, ${max}, ${width});`);
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

  private enumerated(schema: Extract<Schema, { kind: 'enumerated' }>, v: string): void {
    const names = this.source.constant(schema.values);
    const width = bitsFor(schema.values.length);
    const index = this.fresh('i');
    this.add(`const ${index} = ${this.source.constant(indexOf(schema.values))}.get(${v});`);
    if (!schema.extensible) {
      this.add(`if (${index} === undefined) badName(${v}, ${names});`);
      this.piece(index, width);
      return;
    }
    const additions = this.source.constant(schema.additions);
    this.rootOrExtended(
      `${index} !== undefined`,
      { text: index, width: width + 1 },
      `putExtendedName(w, ${v}, ${names}, ${additions});`,
    );
  }

  private bits(size: number, extensible: boolean, v: string): void {
    const value = this.fresh('b');
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
  const lines = new Lines(source);
  lines.sequence(schema, 'v', []);
  lines.flush();
  return lines.functionText(name, 'w, v', '', null);
}

function choiceFunction(schema: ChoiceSchema, name: string, source: Source): string {
  const root = Object.entries(schema.alternatives);
  const additions = Object.entries(schema.additions);
  const names = source.constant([...root, ...additions].map(([alternative]) => alternative));
  const added = source.constant(additions.map(([alternative]) => alternative));
  const width = bitsFor(root.length) + (schema.extensible ? 1 : 0);
  const lines = new Lines(source);
  const { key, value } = lines.onlyKey('v', names);
  lines.add(`switch (${key}) {`);
  root.forEach(([alternative, inner], place) => {
    lines.add(`case ${literal(alternative)}: {`);
    lines.enter([alternative]);
    lines.piece(String(place), width);
    lines.value(inner, value, [alternative]);
    lines.flush();
    lines.add('return; }');
  });
  additions.forEach(([alternative, inner], place) => {
    lines.add(`case ${literal(alternative)}: {`);
    lines.enter([alternative]);
    lines.add(`w.put(1, 1); w.putSmallNumber(${place});`);
    lines.openType(inner, value, [alternative]);
    lines.add('return; }');
  });
  lines.add('}');
  if (schema.extensible) {
    lines.add(
      `const index = extensionIndex(${key}, ${added});`,
      'if (index >= 0) {',
      `w.put(1, 1); w.putSmallNumber(index); putUnknownAt(w, ${value}, ${key}); return; }`,
    );
  }
  lines.add(`badChoice(v, ${names});`);
  return lines.functionText(name, 'w, v', '', null);
}

function listFunction(schema: ListSchema, name: string, source: Source): string {
  const { min, max, element } = schema;
  const limit = max === Infinity ? 'Infinity' : String(max);
  const bounds = max === Infinity ? 'false' : `v.length < ${min} || v.length > ${max}`;
  const before = `if (!Array.isArray(v) || ${bounds}) badList(v, ${min}, ${limit});\nlet i = 0;`;
  const lines = new Lines(source);
  if (max === Infinity) lines.add('w.putFragments(v.length, (from, to) => {');
  else {
    lines.piece(`v.length - ${min}`, bitsFor(max - min + 1));
    lines.flush();
    lines.add('const to = v.length;');
  }
  lines.add('for (; i < to; i++) { const x = v[i];');
  lines.enter([]);
  lines.value(element, 'x', []);
  lines.flush();
  lines.add('}');
  if (max === Infinity) lines.add('});');
  return lines.functionText(name, 'w, v', before, 'i');
}

function openFunction(schema: OpenSchema, name: string, source: Source): string {
  const lines = new Lines(source);
  const { key, value } = lines.onlyKey('v', source.constant(Object.keys(schema.rows)));
  lines.add('switch (number) {');
  for (const [type, inner] of Object.entries(schema.rows)) {
    lines.add(
      `case ${schema.numbers[type]}: {`,
      `if (${key} !== ${literal(type)}) `
      + `badOpen(v, ${literal(type)}, ${literal(schema.by)}, number);`,
    );
    lines.enter([type]);
    lines.openType(inner, value, [type]);
    lines.add('return; }');
  }
  lines.add('}', `if (${key} === "Unknown") { putUnknownAt(w, ${value}, ${key}); return; }`);
  lines.add(`badOpen(v, "Unknown", ${literal(schema.by)}, number);`);
  return lines.functionText(name, 'w, v, number', '', null);
}
