/**
 * Writes decoders. Neighbouring values of fixed width are read as one word and taken apart; every
 * range, index and count is checked before it is used, and a value is given only when it is whole.
 */
import { fieldOf } from './schema.ts';
import type {
  ChoiceSchema,
  ListSchema,
  OpenSchema,
  Schema,
  SequenceSchema,
} from './schema.ts';
import { Source, literal } from './source.ts';
import type { GeneratedCode } from './source.ts';
import { bitsFor, leastBits } from './widths.ts';

/** The text of a decoder and its constants. */
export function decoderSource(schema: Schema, helpers: readonly string[]): GeneratedCode {
  const source = new Source('d', writeFunction);
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
      lines.value(schema, 'x', source);
      lines.flush();
      return `function ${name}(r) {\n${lines.text()}\nreturn x;\n}`;
    }
  }
}

/** A value that waits for its word: its width, and the code once the word is read. */
interface Waiting {
  readonly width: number;
  /** `raw` is the text of its bits as a number, `back` the bits after its first one. */
  readonly code: (raw: string, back: number) => string;
}

class Lines {
  private readonly lines: string[] = [];
  private waiting: Waiting[] = [];
  private width = 0;
  private count = 0;
  /** The step of the path that the next value belongs to; -1 where the function keeps none. */
  place = -1;

  add(...lines: string[]): void {
    this.lines.push(...lines);
  }

  text(): string {
    return this.lines.join('\n');
  }

  piece(width: number, code: Waiting['code']): void {
    if (this.width + width > 32) this.flush();
    if (this.width === 0 && this.place >= 0) this.add(`at = ${this.place};`);
    this.waiting.push({ width, code });
    this.width += width;
  }

  flush(): void {
    const total = this.width;
    const word = `g${this.count++}`;
    if (total > 0) this.add(`const ${word} = r.take(${total});`);
    let after = total;
    for (const { width, code } of this.waiting) {
      const back = after;
      after -= width;
      const shifted = after === 0 ? word : `${word} >>> ${after}`;
      const raw = width === total ? word : `(${shifted} & ${2 ** width - 1}) >>> 0`;
      this.add(code(raw, back));
    }
    this.waiting = [];
    this.width = 0;
  }

  /** The code that reads a value into a new variable `x`. */
  value(schema: Schema, x: string, source: Source): void {
    switch (schema.kind) {
      case 'integer':
        this.integer(schema.min, schema.max, schema.extensible, x);
        break;
      case 'boolean':
        this.piece(1, (raw) => `const ${x} = (${raw}) === 1;`);
        break;
      case 'enumerated':
        this.enumerated(schema, x, source);
        break;
      case 'bits':
        if (schema.extensible) {
          this.flush();
          this.add(
            `const ${x} = r.take(1) === 0 ? takeBits(r, ${schema.size})`
            + ' : takeExtendedBits(r);',
          );
        } else {
          this.piece(schema.size, (raw) => `const ${x} = bitsText(${raw}, ${schema.size});`);
        }
        break;
      case 'octets': {
        this.flush();
        const { min, max } = schema;
        const width = bitsFor(max - min + 1);
        const range = `${min}, ${max}, ${width}`;
        if (schema.extensible) this.add(`const ${x} = takeExtensibleOctets(r, ${range});`);
        else if (width === 0) this.add(`const ${x} = takeFixedOctets(r, ${min});`);
        else this.add(`const ${x} = takeOctets(r, ${range});`);
        break;
      }
      case 'ia5': {
        this.flush();
        const width = bitsFor(schema.max - schema.min + 1);
        this.add(`const ${x} = takeText(r, ${schema.min}, ${schema.max}, ${width});`);
        break;
      }
      default:
        this.flush();
        this.add(`const ${x} = ${source.functionOf(schema)}(r);`);
    }
  }

  private integer(min: number, max: number, extensible: boolean, x: string): void {
    const width = bitsFor(max - min + 1);
    if (extensible) {
      this.flush();
      this.add(`const ${x} = takeExtensibleInteger(r, ${min}, ${max}, ${width});`);
      return;
    }
    const plus = min === 0 ? '' : min < 0 ? ` - ${-min}` : ` + ${min}`;
    if (width === 0) {
      this.add(`const ${x} = ${min};`);
      return;
    }
    const full = max - min + 1 === 2 ** width;
    const step = this.step();
    this.piece(width, (raw, back) => {
      const bad = `badRead(r, ${back}, ${x}, ${min}, ${max});`;
      const check = full ? '' : ` if (${x} > ${max}) { ${step}${bad} }`;
      return `const ${x} = (${raw})${plus};${check}`;
    });
  }

  private enumerated(
    schema: Extract<Schema, { kind: 'enumerated' }>,
    x: string,
    source: Source,
  ): void {
    const size = schema.values.length;
    const width = bitsFor(size);
    const names = source.constant(schema.values);
    if (schema.extensible) {
      this.flush();
      const additions = source.constant(schema.additions);
      this.add(`const ${x} = takeExtensibleName(r, ${names}, ${width}, ${additions});`);
      return;
    }
    const step = this.step();
    this.piece(width, (raw, back) => {
      const bad = `{ ${step}badIndex(r, ${back}, ${raw}, ${size}); }`;
      const check = size === 2 ** width ? '' : ` if (${x} === undefined) ${bad}`;
      return `const ${x} = ${names}[${width === 0 ? 0 : raw}];${check}`;
    });
  }

  /** Says, before a refusal within a merged word, which field it is about. */
  private step(): string {
    return this.place < 0 ? '' : `at = ${this.place}; `;
  }
}

function sequenceFunction(schema: SequenceSchema, name: string, source: Source): string {
  const lines = new Lines();
  const fields = Object.entries(schema.fields);
  const additions = Object.entries(schema.additions);
  const steps = source.constant([...fields, ...additions].map(([field]) => field));
  if (schema.extensible) lines.piece(1, (raw) => `const more = ${raw};`);
  fields.forEach(([, field], place) => {
    if (fieldOf(field).optional) lines.piece(1, (raw) => `const p${place} = ${raw};`);
  });
  // The object is made from the fields before the first optional one, and grows in wire order.
  const firstOptional = fields.findIndex(([, field]) => fieldOf(field).optional);
  const plain = firstOptional < 0 ? fields.length : firstOptional;
  const make = () => {
    lines.flush();
    const parts = fields.slice(0, plain).map(([field], place) => `${literal(field)}: f${place}`);
    lines.add(`const o = { ${parts.join(', ')} };`);
  };
  const late: string[] = [];
  const settle = () => {
    lines.flush();
    lines.add(...late.splice(0));
  };
  fields.forEach(([field, row], place) => {
    const { schema: inner, optional } = fieldOf(row);
    if (place === plain) make();
    lines.place = place;
    if (optional) {
      settle();
      lines.add(`if (p${place} === 1) {`, `at = ${place};`);
    } else if (isWide(inner)) {
      settle();
      lines.add(`at = ${place};`);
    }
    if (inner.kind === 'open') {
      const by = fields.findIndex(([name]) => name === inner.by);
      lines.add(`const f${place} = ${source.functionOf(inner)}(r, f${by});`);
    } else lines.value(inner, `f${place}`, source);
    if (optional) {
      lines.flush();
      lines.add(`o[${literal(field)}] = f${place};`, '}');
    } else if (place >= plain) late.push(`o[${literal(field)}] = f${place};`);
  });
  if (plain === fields.length) make();
  settle();
  if (schema.extensible) lines.add(additionsText(schema, fields.length, source));
  return `function ${name}(r) {
let at = 0;
try {
${lines.text()}
return o;
} catch (thrown) { throw within(thrown, ${steps}[at]); }
}`;
}

/** Whether a value has code of its own, so that the path is worth a step of its own. */
function isWide(schema: Schema): boolean {
  if (schema.kind === 'boolean') return false;
  const { kind } = schema;
  return !((kind === 'integer' || kind === 'enumerated' || kind === 'bits') && !schema.extensible);
}

/** The part of a sequence after its root; what is not known is skipped and counted. */
function additionsText(schema: SequenceSchema, first: number, source: Source): string {
  const rows = Object.entries(schema.additions).map(([field, row], place) => {
    const lines = new Lines();
    lines.value(fieldOf(row).schema, 'x', source);
    lines.flush();
    return `case ${place}: {
at = ${first + place};
r.enterOpen(); const from = r.at;
${lines.text()}
r.leaveOpen(from); o[${literal(field)}] = x; break; }`;
  });
  const one = rows.length === 0
    ? 'r.skipOpen();'
    : `switch (i) {\n${rows.join('\n')}\ndefault: r.skipOpen();\n}`;
  return `if (more === 1) {
const count = r.takeSmallLength();
r.need(count);
const map = r.at;
r.at += count;
for (let i = 0; i < count; i++) {
if (r.bitAt(map + i) === 0) continue;
${one}
}
}`;
}

function choiceFunction(schema: ChoiceSchema, name: string, source: Source): string {
  const root = Object.entries(schema.alternatives);
  const additions = Object.entries(schema.additions);
  const names = source.constant([...root, ...additions].map(([alternative]) => alternative));
  const width = bitsFor(root.length);
  const row = ([alternative, inner]: [string, Schema], place: number) => {
    const lines = new Lines();
    lines.value(inner, 'x', source);
    lines.flush();
    return `case ${place}: { ${lines.text()} return { ${literal(alternative)}: x }; }`;
  };
  const added = additions.map(([alternative, inner], place) => {
    const lines = new Lines();
    lines.value(inner, 'x', source);
    lines.flush();
    return `case ${place}: {
index = ${root.length + place};
r.enterOpen(); const from = r.at;
${lines.text()}
r.leaveOpen(from); return { ${literal(alternative)}: x }; }`;
  });
  const extended = `if (r.take(1) === 1) {
const number = r.takeSmallNumber();
switch (number) {
${added.join('\n')}
}
return { ["extension-" + number]: takeUnknown(r) };
}`;
  return `function ${name}(r) {
let index = -1;
try {
${schema.extensible ? extended : ''}
index = ${width === 0 ? '0' : `r.take(${width})`};
switch (index) {
${root.map(row).join('\n')}
}
} catch (thrown) { throw index < 0 ? thrown : within(thrown, ${names}[index]); }
badIndex(r, ${width}, index, ${root.length});
}`;
}

function listFunction(schema: ListSchema, name: string, source: Source): string {
  const { min, max, element } = schema;
  const lines = new Lines();
  lines.value(element, 'x', source);
  lines.flush();
  const walk = `for (let left = count; left > 0; left--) {\n${lines.text()}\no.push(x);\n}`;
  // No memory is asked for before the shortest form of all elements is known to be there. Elements
  // without bits are always there: then the sum of a list without bounds has one.
  const least = leastBits(element);
  const need = least > 0 || max !== Infinity
    ? `r.need(count * ${least});`
    : `badCount(r, o.length + count);`;
  const width = max === Infinity ? 0 : bitsFor(max - min + 1);
  const plus = min === 0 ? '' : ` + ${min}`;
  const check = max - min + 1 < 2 ** width
    ? `if (count > ${max}) badRead(r, ${width}, count, ${min}, ${max});`
    : '';
  const body = max === Infinity
    ? `r.takeFragments((count) => { ${need} ${walk} });`
    : `const count = ${width === 0 ? min : `r.take(${width})${plus}`}; ${check} ${need} ${walk}`;
  return `function ${name}(r) {
const o = [];
let listed = false;
try {
${body.replace(need, `${need} listed = true;`)}
return o;
} catch (thrown) { throw listed ? within(thrown, o.length) : thrown; }
}`;
}

function openFunction(schema: OpenSchema, name: string, source: Source): string {
  const rows = Object.entries(schema.rows).map(([type, inner]) => {
    const lines = new Lines();
    lines.value(inner, 'x', source);
    lines.flush();
    return `case ${schema.numbers[type]}: {
step = ${literal(type)};
r.enterOpen(); const from = r.at;
${lines.text()}
r.leaveOpen(from); return { ${literal(type)}: x }; }`;
  });
  return `function ${name}(r, number) {
let step = null;
try {
switch (number) {
${rows.join('\n')}
}
return { Unknown: takeUnknown(r) };
} catch (thrown) { throw step === null ? thrown : within(thrown, step); }
}`;
}
