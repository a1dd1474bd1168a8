/**
 * The site's own event expressions: `cls == "truck" and speedMps > 60 km/h`. mathjs reads the text;
 * what it read is held against an allow-list of nodes, typed, and compiled to closures of ours. No
 * mathjs function is ever called, nothing loops, nothing assigns: an evaluation costs at most one
 * step for each node. mathjs takes a second to load, so it is loaded only where expressions are,
 * never by `loadSite`.
 */
import type { MathNode } from 'mathjs';
import type { Text } from '../src/base/text.ts';
import { problem, shown } from './problem.ts';
import type { Problem } from './problem.ts';
import { laneKindWords, roadUserClassWords } from './road.ts';

const EXPRESSION_LENGTH_MAX = 200;
export const EXPRESSION_DEPTH_MAX = 12;

/** What an expression may speak of. A number that is not known is NaN: it compares false. */
export interface ExpressionScope {
  readonly speedMps: number;
  readonly accelerationMps2: number;
  readonly existence: number;
  readonly lengthM: number;
  /** Since it was first seen. */
  readonly ageS: number;
  /** Since when it has stood, slower than 0.5 m/s. */
  readonly standingS: number;
  /** Angle between travel and lane, 0 to 180; not known below 1.5 m/s and on no lane. */
  readonly againstLaneDeg: number;
  /** Along its lane to the lane's end. */
  readonly toLaneEndM: number;
  readonly cls: string;
  /** Empty on no lane. */
  readonly laneKind: string;
  readonly laneId: string;
  readonly linkId: string;
  readonly onCrossing: boolean;
  readonly inNode: boolean;
  readonly mustWait: boolean;
  readonly queued: boolean;
}

type Name = keyof ExpressionScope;
type Kind = 'number' | 'text' | 'truth';

const symbols: Readonly<Record<Name, Kind>> = {
  speedMps: 'number',
  accelerationMps2: 'number',
  existence: 'number',
  lengthM: 'number',
  ageS: 'number',
  standingS: 'number',
  againstLaneDeg: 'number',
  toLaneEndM: 'number',
  cls: 'text',
  laneKind: 'text',
  laneId: 'text',
  linkId: 'text',
  onCrossing: 'truth',
  inNode: 'truth',
  mustWait: 'truth',
  queued: 'truth',
};
const expressionSymbols = Object.keys(symbols);

/** Units are factors to SI, degrees stay degrees: `60 km/h` is 60 · 1000 / 3600. */
const units: Readonly<Record<string, number>> = { m: 1, km: 1000, s: 1, h: 3600, deg: 1 };

const numberOperators: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
};
const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  smaller: (a, b) => a < b,
  smallerEq: (a, b) => a <= b,
  larger: (a, b) => a > b,
  largerEq: (a, b) => a >= b,
  equal: (a, b) => a === b,
  // What is not known is neither equal nor unequal.
  unequal: (a, b) => a < b || a > b,
};
const functions: Readonly<Record<string, (values: readonly number[]) => number>> = {
  abs: ([value]) => Math.abs(value!),
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
};

type Run<T> = (scope: ExpressionScope) => T;
type Typed =
  | { readonly kind: 'number'; readonly run: Run<number> }
  | { readonly kind: 'truth'; readonly run: Run<boolean> }
  | {
      readonly kind: 'text';
      readonly run: Run<string>;
      /** The symbol that it is, or null for a text written out. */
      readonly name: Name | null;
      readonly literal: string | null;
    };

/** One compiled expression. */
export interface Expression {
  holds(scope: ExpressionScope): boolean;
  /** Nodes: an evaluation visits each at most once. */
  readonly nodes: number;
}

/** What is wrong with an expression. */
export interface Refusal {
  readonly expected: string | Text;
  readonly got: string;
}

/** Names that texts may be compared with, by symbol; a name that is missing takes any text. */
export type ExpressionNames = Readonly<Partial<Record<Name, readonly string[]>>>;

class Refused extends Error {
  readonly refusal: Refusal;

  constructor(expected: string | Text, got: string) {
    super(got);
    this.refusal = { expected, got };
  }
}

const allowedCharacters = /^[A-Za-z0-9_ .,()+\-*/<>=!?:"]*$/;
const forms: Readonly<Record<'length' | 'characters' | 'depth' | 'syntax', Text>> = {
  length: {
    en: `1 to ${EXPRESSION_LENGTH_MAX} characters`, zh: `1 至 ${EXPRESSION_LENGTH_MAX} 个字符`,
  },
  characters: {
    en: 'letters, digits, spaces and _ . , ( ) + - * / < > = ! ? : "',
    zh: '字母、数字、空格和 _ . , ( ) + - * / < > = ! ? : "',
  },
  depth: {
    en: `at most ${EXPRESSION_DEPTH_MAX} levels`, zh: `至多 ${EXPRESSION_DEPTH_MAX} 层`,
  },
  syntax: { en: 'an expression that can be read', zh: '可解析的表达式' },
};

/** Length, characters and brackets: all that can be told without mathjs. Null where they pass. */
export function precheckExpression(text: string): Refusal | null {
  if (text.trim() === '' || text.length > EXPRESSION_LENGTH_MAX) {
    return { expected: forms.length, got: String(text.length) };
  }
  if (!allowedCharacters.test(text)) return { expected: forms.characters, got: shown(text) };
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (depth > EXPRESSION_DEPTH_MAX) return { expected: forms.depth, got: String(depth) };
  }
  return null;
}

/** The parts of mathjs's nodes that we look at. Source: mathjs 15, node types of `parse`. */
interface Node {
  readonly type: string;
  readonly value?: unknown;
  readonly name?: string;
  readonly op?: string;
  readonly fn?: unknown;
  readonly args?: readonly Node[];
  readonly content?: Node;
  readonly conditionals?: readonly string[];
  readonly params?: readonly Node[];
  readonly condition?: Node;
  readonly trueExpr?: Node;
  readonly falseExpr?: Node;
}

const kindWords: Readonly<Record<Kind, string>> = {
  number: 'a number', text: 'a text', truth: 'true or false',
};

class Compiler {
  readonly #names: ExpressionNames;
  nodes = 0;

  constructor(names: ExpressionNames) {
    this.#names = names;
  }

  compile(node: Node, depth = 1): Typed {
    this.nodes++;
    if (depth > EXPRESSION_DEPTH_MAX) throw new Refused(forms.depth, String(depth));
    const inner = (next: Node | undefined): Typed => this.compile(next!, depth + 1);
    switch (node.type) {
      case 'ParenthesisNode':
        return inner(node.content);
      case 'ConstantNode':
        return this.#constant(node.value);
      case 'SymbolNode':
        return this.#symbol(node.name!);
      case 'OperatorNode':
        return this.#operator(node, (node.args ?? []).map(inner));
      case 'RelationalNode':
        return this.#chain(node.conditionals ?? [], (node.params ?? []).map(inner));
      case 'ConditionalNode':
        return this.#conditional(
          inner(node.condition), inner(node.trueExpr), inner(node.falseExpr),
        );
      case 'FunctionNode':
        return this.#call((node.fn as Node).name ?? '', (node.args ?? []).map(inner));
      default:
        throw new Refused('symbols, numbers, texts, operators, abs, min, max', node.type);
    }
  }

  #constant(value: unknown): Typed {
    if (typeof value === 'boolean') return { kind: 'truth', run: () => value };
    if (typeof value === 'string') {
      return { kind: 'text', run: () => value, name: null, literal: value };
    }
    if (typeof value === 'number' && Number.isFinite(value)) {
      return { kind: 'number', run: () => value };
    }
    throw new Refused('a finite number, a text, true or false', String(value));
  }

  #symbol(name: string): Typed {
    if (Object.hasOwn(units, name)) {
      const factor = units[name]!;
      return { kind: 'number', run: () => factor };
    }
    if (!Object.hasOwn(symbols, name)) {
      const known = [...expressionSymbols, ...Object.keys(units)].join(', ');
      throw new Refused(known, name);
    }
    const key = name as Name;
    const kind = symbols[key];
    const run = (scope: ExpressionScope): never => scope[key] as never;
    return kind === 'text' ? { kind, run, name: key, literal: null } : { kind, run };
  }

  #operator({ op = '', fn }: Node, args: readonly Typed[]): Typed {
    const name = String(fn);
    const [a, b] = args;
    if (args.length === 1) {
      if (name === 'not') {
        const run = truth(a!);
        return { kind: 'truth', run: (scope) => !run(scope) };
      }
      if (name === 'unaryMinus') {
        const run = number(a!);
        return { kind: 'number', run: (scope) => -run(scope) };
      }
      if (name === 'unaryPlus') return { kind: 'number', run: number(a!) };
    } else if (args.length === 2) {
      if (name === 'and' || name === 'or') return junction(name, truth(a!), truth(b!));
      if (Object.hasOwn(comparisons, name)) return this.#compare(name, a!, b!);
      if (Object.hasOwn(numberOperators, name)) {
        const [operate, left, right] = [numberOperators[name]!, number(a!), number(b!)];
        return { kind: 'number', run: (scope) => operate(left(scope), right(scope)) };
      }
    }
    throw new Refused('+ - * / < <= > >= == != and or not', op);
  }

  #compare(name: string, a: Typed, b: Typed): Typed {
    if (a.kind === 'text' || b.kind === 'text') {
      const [left, right] = [text(a), text(b)];
      if (name !== 'equal' && name !== 'unequal') throw new Refused('== or != between texts', name);
      this.#checkName(left, right);
      this.#checkName(right, left);
      const same = name === 'equal';
      return { kind: 'truth', run: (scope) => (left.run(scope) === right.run(scope)) === same };
    }
    const [compare, left, right] = [comparisons[name]!, number(a), number(b)];
    return { kind: 'truth', run: (scope) => compare(left(scope), right(scope)) };
  }

  /** A name that cannot occur would be a condition that never holds. */
  #checkName(one: Extract<Typed, { kind: 'text' }>, other: Extract<Typed, { kind: 'text' }>): void {
    if (one.name === null || other.literal === null) return;
    const known = this.#names[one.name];
    if (!known || known.includes(other.literal)) return;
    throw new Refused(known.join(', '), `${one.name} "${other.literal}"`);
  }

  #chain(conditionals: readonly string[], params: readonly Typed[]): Typed {
    const links = conditionals.map((name, index) =>
      truth(this.#compare(name, params[index]!, params[index + 1]!)));
    return { kind: 'truth', run: (scope) => links.every((link) => link(scope)) };
  }

  #conditional(condition: Typed, yes: Typed, no: Typed): Typed {
    const test = truth(condition);
    if (yes.kind === 'truth') {
      const [a, b] = [truth(yes), truth(no)];
      return { kind: 'truth', run: (scope) => (test(scope) ? a(scope) : b(scope)) };
    }
    const [a, b] = [number(yes), number(no)];
    return { kind: 'number', run: (scope) => (test(scope) ? a(scope) : b(scope)) };
  }

  #call(name: string, args: readonly Typed[]): Typed {
    const call = Object.hasOwn(functions, name) ? functions[name]! : null;
    if (!call) throw new Refused(Object.keys(functions).join(', '), `${name}()`);
    const fits = name === 'abs' ? args.length === 1 : args.length >= 1;
    if (!fits) throw new Refused('abs of one value, min and max of some', `${name}()`);
    const runs = args.map(number);
    return { kind: 'number', run: (scope) => call(runs.map((run) => run(scope))) };
  }
}

function number(value: Typed): Run<number> {
  if (value.kind !== 'number') throw new Refused(kindWords.number, kindWords[value.kind]);
  return value.run;
}

function truth(value: Typed): Run<boolean> {
  if (value.kind !== 'truth') throw new Refused(kindWords.truth, kindWords[value.kind]);
  return value.run;
}

function text(value: Typed): Extract<Typed, { kind: 'text' }> {
  if (value.kind !== 'text') throw new Refused(kindWords.text, kindWords[value.kind]);
  return value;
}

const junction = (name: 'and' | 'or', a: Run<boolean>, b: Run<boolean>): Typed => ({
  kind: 'truth',
  run: name === 'and' ? (scope) => a(scope) && b(scope) : (scope) => a(scope) || b(scope),
});

/** Text → expression, or why not. Calls `parse` only on what passed the check before it. */
export function compileExpression(
  source: string, parse: (source: string) => MathNode, names: ExpressionNames = {},
): Expression | Refusal {
  const early = precheckExpression(source);
  if (early) return early;
  let tree: Node;
  try {
    tree = parse(source) as unknown as Node;
  } catch (error) {
    return { expected: forms.syntax, got: (error as Error).message };
  }
  const compiler = new Compiler(names);
  try {
    const holds = truth(compiler.compile(tree));
    return { holds, nodes: compiler.nodes };
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

/** What expressions need of a site. */
interface ExpressionSite {
  readonly events: readonly { readonly id: string; readonly when: string }[];
  readonly road: {
    readonly lanes: readonly { readonly id: string }[];
    readonly links: readonly { readonly id: string }[];
  };
}

/** The compiled expressions of a site by the id of their row, and what is wrong with the rest. */
export interface CompiledExpressions {
  readonly byId: ReadonlyMap<string, Expression>;
  readonly problems: readonly Problem[];
}

export const noExpressions: CompiledExpressions = { byId: new Map(), problems: [] };

/**
 * Compiles the event expressions of a site, once, before its loops start: stages are made in one
 * go and cannot wait for mathjs. A site without such rows does not load it. An expression that is
 * refused is a problem of its row, and its event never begins.
 */
export async function prepareExpressions(site: ExpressionSite): Promise<CompiledExpressions> {
  if (site.events.length === 0) return noExpressions;
  const { parse } = await import('mathjs');
  const names: ExpressionNames = {
    cls: roadUserClassWords,
    laneKind: ['', ...laneKindWords],
    laneId: ['', ...site.road.lanes.map(({ id }) => id)],
    linkId: ['', ...site.road.links.map(({ id }) => id)],
  };
  const byId = new Map<string, Expression>();
  const problems: Problem[] = [];
  site.events.forEach(({ id, when }, index) => {
    const compiled = compileExpression(when, (source) => parse(source), names);
    if ('holds' in compiled) byId.set(id, compiled);
    else problems.push(expressionProblem(index, compiled));
  });
  return { byId, problems };
}

/** A refusal as a problem of site.json. */
export const expressionProblem = (index: number, { expected, got }: Refusal): Problem =>
  problem('error', 'site.json', `events[${index}].when`, 'expression_refused', { expected, got });
