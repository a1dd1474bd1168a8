/**
 * What people alone read is left as it is: sentences, and what a breach tells beyond its rule.
 * Mutant schemata: one instrumented copy of a source in which every mutant sleeps behind a switch.
 * `__mutant(n)` stands before each changed place; the number that is awake picks the change.
 */
import ts from 'typescript';

/** One change to one place of a source. */
export interface Mutant {
  readonly id: number;
  /** File within the mutated folder. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly kind: string;
  /** Name of the function around it; `module` outside of all. */
  readonly within: string;
  readonly original: string;
  readonly changed: string;
  /** Survives changed line numbers: file, function, texts and their count. */
  readonly key: string;
}

interface Change {
  readonly kind: string;
  readonly text: string;
  readonly make: () => ts.Expression;
}

const { SyntaxKind, factory } = ts;
type Kind = ts.BinaryOperator;

/** What takes the place of an operator. Boundary and direction of comparisons among them. */
const swaps: ReadonlyMap<Kind, readonly Kind[]> = new Map<Kind, readonly Kind[]>([
  [SyntaxKind.LessThanToken, [SyntaxKind.LessThanEqualsToken, SyntaxKind.GreaterThanToken]],
  [SyntaxKind.LessThanEqualsToken, [SyntaxKind.LessThanToken, SyntaxKind.GreaterThanToken]],
  [SyntaxKind.GreaterThanToken, [SyntaxKind.GreaterThanEqualsToken, SyntaxKind.LessThanToken]],
  [SyntaxKind.GreaterThanEqualsToken, [SyntaxKind.GreaterThanToken, SyntaxKind.LessThanToken]],
  [SyntaxKind.EqualsEqualsEqualsToken, [SyntaxKind.ExclamationEqualsEqualsToken]],
  [SyntaxKind.ExclamationEqualsEqualsToken, [SyntaxKind.EqualsEqualsEqualsToken]],
  [SyntaxKind.PlusToken, [SyntaxKind.MinusToken]],
  [SyntaxKind.MinusToken, [SyntaxKind.PlusToken]],
  [SyntaxKind.AsteriskToken, [SyntaxKind.SlashToken]],
  [SyntaxKind.SlashToken, [SyntaxKind.AsteriskToken]],
  [SyntaxKind.PercentToken, [SyntaxKind.AsteriskToken]],
  [SyntaxKind.AsteriskAsteriskToken, [SyntaxKind.AsteriskToken]],
  [SyntaxKind.LessThanLessThanToken, [SyntaxKind.GreaterThanGreaterThanToken]],
  [SyntaxKind.GreaterThanGreaterThanToken, [SyntaxKind.LessThanLessThanToken]],
  [SyntaxKind.AmpersandToken, [SyntaxKind.BarToken]],
  [SyntaxKind.BarToken, [SyntaxKind.AmpersandToken]],
  [SyntaxKind.CaretToken, [SyntaxKind.AmpersandToken]],
  [SyntaxKind.AmpersandAmpersandToken, [SyntaxKind.BarBarToken]],
  [SyntaxKind.BarBarToken, [SyntaxKind.AmpersandAmpersandToken]],
  [SyntaxKind.PlusEqualsToken, [SyntaxKind.MinusEqualsToken]],
  [SyntaxKind.MinusEqualsToken, [SyntaxKind.PlusEqualsToken]],
]);

/** Calls by name of the method: another method, or the receiver alone. */
const calls: ReadonlyMap<string, string | null> = new Map([
  ['some', 'every'], ['every', 'some'], ['min', 'max'], ['max', 'min'], ['filter', null],
  ['sort', null], ['floor', 'ceil'], ['round', 'floor'], ['slice', null],
]);

const paren = (node: ts.Expression): ts.Expression => factory.createParenthesizedExpression(node);
const isText = (node: ts.Node): boolean =>
  ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) ||
  ts.isTemplateExpression(node);

function binary(node: ts.BinaryExpression): Change[] {
  const operator = node.operatorToken.kind as Kind;
  if (operator === SyntaxKind.PlusToken && (isText(node.left) || isText(node.right))) return [];
  const changes = (swaps.get(operator) ?? []).map((to): Change => ({
    kind: 'operator',
    text: ts.tokenToString(to) ?? '',
    make: () => paren(factory.createBinaryExpression(node.left, to, node.right)),
  }));
  if (operator === SyntaxKind.QuestionQuestionToken) {
    changes.push({ kind: 'default', text: 'left alone', make: () => paren(node.left) });
    changes.push({ kind: 'default', text: 'right alone', make: () => paren(node.right) });
  }
  return changes;
}

const number = (value: number): ts.Expression =>
  value < 0
    ? paren(factory.createPrefixUnaryExpression(
      SyntaxKind.MinusToken, factory.createNumericLiteral(-value)))
    : factory.createNumericLiteral(value);

function numeric(node: ts.NumericLiteral): Change[] {
  const value = Number(node.text.replaceAll('_', ''));
  const to = value === 0 ? [1] : [value + 1, value - 1];
  return to.map((changed) => ({
    kind: 'constant', text: String(changed), make: () => number(changed),
  }));
}

function call(node: ts.CallExpression): Change[] {
  const { expression } = node;
  if (!ts.isPropertyAccessExpression(expression)) return [];
  if ((node.flags & ts.NodeFlags.OptionalChain) !== 0) return [];
  const to = calls.get(expression.name.text);
  if (to === undefined) {
    if (expression.getText() !== 'Math.abs') return [];
    return [{ kind: 'call', text: 'no abs', make: () => paren(node.arguments[0]!) }];
  }
  const { expression: receiver } = expression;
  const make = (): ts.Expression => to === null ? paren(receiver) : factory.createCallExpression(
    factory.createPropertyAccessExpression(receiver, to), undefined, node.arguments);
  return [{ kind: 'call', text: to === null ? `no ${expression.name.text}` : to, make }];
}

const truths = (): Change[] => [true, false].map((value) => ({
  kind: 'condition',
  text: String(value),
  make: () => (value ? factory.createTrue() : factory.createFalse()),
}));

/** Whether this expression decides where control goes. */
function decides(node: ts.Expression): boolean {
  const { parent } = node;
  return ((ts.isIfStatement(parent) || ts.isWhileStatement(parent)) && parent.expression === node)
    || (ts.isConditionalExpression(parent) && parent.condition === node);
}

/** Sentences for people decide nothing: words with a space between them are left as they are. */
const isSentence = (text: string): boolean => / /.test(text);

function changesOf(node: ts.Expression): Change[] {
  const changes: Change[] = decides(node) ? truths() : [];
  if (ts.isBinaryExpression(node)) changes.push(...binary(node));
  else if (ts.isNumericLiteral(node)) changes.push(...numeric(node));
  else if (ts.isCallExpression(node)) changes.push(...call(node));
  else if (node.kind === SyntaxKind.TrueKeyword || node.kind === SyntaxKind.FalseKeyword) {
    const to = node.kind === SyntaxKind.FalseKeyword;
    const make = (): ts.Expression => (to ? factory.createTrue() : factory.createFalse());
    changes.push({ kind: 'boolean', text: String(to), make });
  } else if (ts.isPrefixUnaryExpression(node)) {
    if (node.operator === SyntaxKind.ExclamationToken) {
      changes.push({ kind: 'negation', text: 'no !', make: () => paren(node.operand) });
    }
    if (node.operator === SyntaxKind.MinusToken && !ts.isNumericLiteral(node.operand)) {
      changes.push({ kind: 'negation', text: 'no -', make: () => paren(node.operand) });
    }
  } else if (ts.isPostfixUnaryExpression(node)) {
    const up = node.operator === SyntaxKind.PlusPlusToken;
    const to = up ? SyntaxKind.MinusMinusToken : SyntaxKind.PlusPlusToken;
    const make = (): ts.Expression => factory.createPostfixUnaryExpression(node.operand, to);
    changes.push({ kind: 'operator', text: up ? '--' : '++', make });
  } else if (ts.isStringLiteral(node) && node.text !== '' && !isSentence(node.text)) {
    changes.push({
      kind: 'text', text: '\'\'', make: () => factory.createStringLiteral(''),
    });
  } else if (ts.isArrayLiteralExpression(node) && node.elements.length > 0) {
    changes.push({
      kind: 'list', text: '[]', make: () => factory.createArrayLiteralExpression([]),
    });
  }
  return changes;
}

/** Where the arguments that only people read begin, in the calls that make a breach. */
const told: ReadonlyMap<string, number> = new Map([['need', 2], ['note', 1], ['judge', 1]]);

/** Whether a node stands in what a breach tells: no decision follows from it. */
function isTold(node: ts.Node): boolean {
  const { parent } = node;
  if (!parent || !ts.isCallExpression(parent) || !ts.isIdentifier(parent.expression)) return false;
  const from = told.get(parent.expression.text);
  return from !== undefined && parent.arguments.indexOf(node as ts.Expression) >= from;
}

/** Places where an expression is a name, a type or a target, not a value. */
function isNoValue(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent)) return true;
  if (ts.isLiteralTypeNode(parent)) return true;
  if ((parent as { readonly name?: ts.Node }).name === node) return true;
  const assigned = ts.isBinaryExpression(parent) && parent.left === node
    && parent.operatorToken.kind >= SyntaxKind.FirstAssignment
    && parent.operatorToken.kind <= SyntaxKind.LastAssignment;
  // A list that is assigned to takes values apart.
  return assigned && (ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node));
}

function nameAround(node: ts.Node): string {
  for (let at: ts.Node | undefined = node.parent; at; at = at.parent) {
    if (ts.isFunctionDeclaration(at) || ts.isMethodDeclaration(at)) {
      return at.name?.getText() ?? 'function';
    }
    if (ts.isConstructorDeclaration(at)) return 'constructor';
    if (!ts.isVariableDeclaration(at) || at.initializer === undefined) continue;
    if (ts.isArrowFunction(at.initializer)) return at.name.getText();
  }
  return 'module';
}

/** Statements whose absence is a mutant: calls, assignments, and jumps out of loops. */
function mayVanish(node: ts.Node): node is ts.Statement {
  if (ts.isContinueStatement(node) || ts.isBreakStatement(node)) {
    return !ts.isCaseOrDefaultClause(node.parent);
  }
  if (ts.isThrowStatement(node)) return true;
  if (!ts.isExpressionStatement(node)) return false;
  const { expression } = node;
  if (!ts.isCallExpression(expression)) return true;
  return expression.expression.kind !== SyntaxKind.SuperKeyword;
}

const shortened = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 70 ? `${line.slice(0, 67)}...` : line;
};

/** The instrumented source as JavaScript, and its mutants, numbered from `firstId`. */
export function instrument(
  source: string, file: string, firstId: number,
): { readonly code: string; readonly mutants: readonly Mutant[] } {
  const mutants: Mutant[] = [];
  const seen = new Map<string, number>();
  const add = (
    node: ts.Node, root: ts.SourceFile, kind: string, changed: string,
  ): ts.Expression => {
    const start = node.getStart();
    const { line, character } = root.getLineAndCharacterOfPosition(start);
    const original = shortened(node.getText());
    const within = nameAround(node);
    const stem = `${file} ${within}: ${original} → ${changed}`;
    const count = (seen.get(stem) ?? 0) + 1;
    seen.set(stem, count);
    const id = firstId + mutants.length;
    mutants.push({
      id, file, line: line + 1, column: character + 1, kind, within, original, changed,
      key: count === 1 ? stem : `${stem} #${count}`,
    });
    return factory.createCallExpression(
      factory.createIdentifier('__mutant'), undefined, [factory.createNumericLiteral(id)]);
  };
  const transformer = (context: ts.TransformationContext) => (root: ts.SourceFile) => {
    const visit = (node: ts.Node): ts.Node => {
      if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node)
        || ts.isTypeAliasDeclaration(node) || ts.isImportDeclaration(node)
        || isTold(node)
        || (ts.isTemplateExpression(node) && isSentence(node.getText()))) return node;
      const visited = ts.visitEachChild(node, visit, context);
      if (mayVanish(node)) {
        const asleep = factory.createLogicalNot(add(node, root, 'statement', 'removed'));
        // A block of its own: else a following `else` would change its owner.
        return factory.createBlock([factory.createIfStatement(asleep, visited as ts.Statement)]);
      }
      if (!ts.isExpression(node) || isNoValue(node)) return visited;
      return changesOf(node).reduce<ts.Expression>((kept, { kind, text, make }) => {
        const awake = add(node, root, kind, text);
        return paren(factory.createConditionalExpression(
          awake, undefined, make(), undefined, kept));
      }, visited as ts.Expression);
    };
    return ts.visitNode(root, visit) as ts.SourceFile;
  };
  const code = translate(source, file, transformer);
  return { code: `const __mutant = globalThis.__lukouMutant;\n${code}`, mutants };
}

/** TypeScript to JavaScript, one file by itself. */
export function translate(
  source: string, file: string, transformer?: ts.TransformerFactory<ts.SourceFile>,
): string {
  return ts.transpileModule(source, {
    fileName: file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
    ...(transformer ? { transformers: { before: [transformer] } } : {}),
  }).outputText;
}
