import {
  type CallExpression,
  isAsExpression,
  isBinaryExpression,
  isCallExpression,
  isClassDeclaration,
  isConditionalExpression,
  isConstructorDeclaration,
  isFunctionDeclaration,
  isIdentifier,
  isMethodDeclaration,
  isMethodSignatureDeclaration,
  isNewExpression,
  isNoSubstitutionTemplateLiteral,
  isParameterDeclaration,
  isParenthesizedExpression,
  isPrivateIdentifier,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isReturnStatement,
  isSatisfiesExpression,
  isStringLiteral,
  isTemplateExpression,
  isVariableDeclaration,
  type NewExpression,
  type Node,
} from 'typescript/unstable/ast';
import type { Checker } from 'typescript/unstable/sync';
import { nodesOf, type Source } from './syntax.ts';

/** What the code says as `reason`, in a form that the finder cannot follow to a word. */
export interface Unknown {
  readonly file: string;
  readonly text: string;
}

export interface Reasons {
  /** Every CamelCase word that can become the reason of a condition, an Event, a log line or a metric, and where it is written. */
  readonly words: ReadonlyMap<string, string>;
  readonly unknown: readonly Unknown[];
}

const WORD = /^[A-Z][A-Za-z0-9]+$/;

/** Texts under the name `reason` that are sentences for people, or AWS's own, and never a condition's reason. */
const SENTENCES: readonly { readonly file: RegExp; readonly text: RegExp }[] = [
  // Why ECS took a rollout back, in ECS's words.
  { file: /^kinds\/service\/rollback\.ts$/, text: /statusReason/ },
];

/**
 * Finds all reasons: every value that is given to a member, a variable or a parameter called `reason`. It is followed through conditions,
 * defaults, local variables and local functions down to words; what comes from another `reason` is found where that one is made.
 */
export function reasonsIn(sources: readonly Source[], checker: Checker): Reasons {
  const finder = { takers: takersOfReason(sources), checker };
  const ends = sources.flatMap(({ file, tree }) =>
    [...nodesOf(tree)]
      .flatMap((node) => valuesAt(node, finder))
      .flatMap((value) => endsOf(value, tree, new Set()))
      .map((end) => ({
        file,
        text: isText(end) ? end.text : end.getText(tree),
        isWord: isText(end) && WORD.test(end.text),
      })),
  );
  const isSentence = ({ file, text }: Unknown): boolean =>
    / /.test(text) || SENTENCES.some((one) => one.file.test(file) && one.text.test(text));
  return {
    words: new Map(ends.filter(({ isWord }) => isWord).map(({ file, text }) => [text, file])),
    unknown: ends.filter((end) => !end.isWord && !isSentence(end)).map(({ file, text }) => ({ file, text })),
  };
}

/** Names of the functions, methods and classes that have a parameter called `reason`. Of `step` it is a sentence. */
function takersOfReason(sources: readonly Source[]): ReadonlySet<string> {
  const names = sources.flatMap(({ tree }) =>
    [...nodesOf(tree)].flatMap((node) =>
      isParameterDeclaration(node) && isNamedReason(node.name) ? (calledAs(node.parent) ?? []) : [],
    ),
  );
  return new Set(names.filter((name) => name !== 'step'));
}

function parametersOf(node: Node): readonly Node[] {
  const parameters: Node[] = [];
  node.forEachChild((child) => {
    if (isParameterDeclaration(child)) parameters.push(child);
  });
  return parameters;
}

/** A function that only some other function is given has no name that it is called by: its `reason` is followed where it is made. */
function calledAs(node: Node): string | undefined {
  if (isConstructorDeclaration(node)) return isClassDeclaration(node.parent) ? node.parent.name?.text : undefined;
  const named = isFunctionDeclaration(node) || isMethodDeclaration(node) || isMethodSignatureDeclaration(node);
  const name = named ? node.name : isVariableDeclaration(node.parent) ? node.parent.name : undefined;
  return name === undefined ? undefined : wordOf(name);
}

function wordOf(name: Node): string | undefined {
  return isIdentifier(name) || isPrivateIdentifier(name) ? name.text : undefined;
}

interface Finder {
  readonly takers: ReadonlySet<string>;
  readonly checker: Checker;
}

/** The expressions that this node makes a reason of. */
function valuesAt(node: Node, finder: Finder): readonly Node[] {
  if (isPropertyAssignment(node)) return isNamedReason(node.name) ? [node.initializer] : [];
  if (isVariableDeclaration(node)) {
    return isNamedReason(node.name) && node.initializer !== undefined ? [node.initializer] : [];
  }
  return isCallExpression(node) || isNewExpression(node) ? argumentAt(node, finder) : [];
}

/** Several functions may have one name and take it at different places, so the compiler is asked which one is called. */
function argumentAt(call: CallExpression | NewExpression, { takers, checker }: Finder): readonly Node[] {
  const name = wordOf(isPropertyAccessExpression(call.expression) ? call.expression.name : call.expression);
  if (name === undefined || !takers.has(name)) return [];
  const parameters = checker.getResolvedSignature(call)?.getParameters() ?? [];
  const index = parameters.findIndex((parameter) => parameter.name === 'reason');
  const argument = call.arguments?.[index];
  return argument === undefined ? [] : [argument];
}

function isNamedReason(name: Node): boolean {
  return isIdentifier(name) && name.text === 'reason';
}

function isText(node: Node): node is Node & { readonly text: string } {
  return isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node);
}

/** Where the value comes from in the end: texts, and what cannot be followed. What is passed on, and sentences, are left out. */
function endsOf(node: Node, tree: Node, seen: Set<Node>): readonly Node[] {
  const follow = (next: Node): readonly Node[] => endsOf(next, tree, seen);
  if (isText(node)) return [node];
  if (isTemplateExpression(node) || isPassedOn(node)) return [];
  if (isConditionalExpression(node)) return [...follow(node.whenTrue), ...follow(node.whenFalse)];
  if (isBinaryExpression(node)) return [...follow(node.left), ...follow(node.right)];
  if (isParenthesizedExpression(node) || isAsExpression(node) || isSatisfiesExpression(node)) {
    return follow(node.expression);
  }
  const origin = originsOf(node, tree);
  if (origin.length === 0 || seen.has(node)) return seen.has(node) ? [] : [node];
  seen.add(node);
  return origin.flatMap(follow);
}

/** Another `reason`, nothing at all, an error with which something is aborted, or a list of sentences made one. */
function isPassedOn(node: Node): boolean {
  if (isNewExpression(node)) return true;
  if (isIdentifier(node)) return node.text === 'reason' || node.text === 'undefined';
  if (isPropertyAccessExpression(node)) return isNamedReason(node.name);
  return (
    isCallExpression(node) &&
    isPropertyAccessExpression(node.expression) &&
    isIdentifier(node.expression.name) &&
    node.expression.name.text === 'join'
  );
}

/** What a local variable is set to, what a local function returns, and what a parameter of one is given in the same file. */
function originsOf(node: Node, tree: Node): readonly Node[] {
  const name = isCallExpression(node) ? node.expression : node;
  if (!isIdentifier(name)) return [];
  const nodes = [...nodesOf(tree)];
  if (isCallExpression(node)) {
    const called = nodes.find((one) => isFunctionDeclaration(one) && one.name?.text === name.text);
    return called === undefined
      ? []
      : [...nodesOf(called)].flatMap((one) => (isReturnStatement(one) ? (one.expression ?? []) : []));
  }
  const set = nodes.flatMap((one) =>
    isVariableDeclaration(one) && isIdentifier(one.name) && one.name.text === name.text ? (one.initializer ?? []) : [],
  );
  return [...set, ...givenTo(name.text, nodes)];
}

function givenTo(name: string, nodes: readonly Node[]): readonly Node[] {
  return nodes.flatMap((parameter) => {
    if (!isParameterDeclaration(parameter) || !isIdentifier(parameter.name) || parameter.name.text !== name) return [];
    const functionName = calledAs(parameter.parent);
    const index = parametersOf(parameter.parent).indexOf(parameter);
    return nodes.flatMap((one) =>
      isCallExpression(one) && isIdentifier(one.expression) && one.expression.text === functionName
        ? (one.arguments[index] ?? [])
        : [],
    );
  });
}
