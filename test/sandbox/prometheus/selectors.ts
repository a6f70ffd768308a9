/** What Prometheus' own parser makes of an expression, as far as it matters here. */
export interface Expression {
  readonly type: string;
  readonly op?: string;
  readonly matchers?: readonly Matcher[];
  readonly grouping?: readonly string[] | null;
  readonly without?: boolean;
  readonly matching?: { readonly on: boolean; readonly labels: readonly string[] | null } | null;
  readonly expr?: Expression | null;
  readonly lhs?: Expression;
  readonly rhs?: Expression;
  readonly args?: readonly Expression[];
}

export interface Matcher {
  readonly name: string;
  readonly type: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/**
 * The selectors of an expression, each widened to series that have every label by which the expression groups or joins them. One that
 * selects nothing while its metric has series names a label, or a value, that does not exist.
 */
export function demandedSelectors(expression: Expression, labels: readonly string[] = []): readonly string[] {
  const { matchers, expr, lhs, rhs, args = [] } = expression;
  if (matchers !== undefined) return [selector(matchers, labels)];
  const joined = joinedOn(expression);
  const wanted = [...labels, ...groupedBy(expression), ...joined];
  const own = [expr, lhs, ...args].flatMap((child) => (child == null ? [] : demandedSelectors(child, wanted)));
  return rhs === undefined ? own : [...own, ...demandedSelectors(rhs, onlyFilters(expression) ? joined : wanted)];
}

/** The right side of these decides which series stay, and gives none of its labels. */
function onlyFilters({ op }: Expression): boolean {
  return op === 'and' || op === 'unless';
}

function groupedBy({ grouping, without }: Expression): readonly string[] {
  return without === true ? [] : (grouping ?? []);
}

function joinedOn({ matching }: Expression): readonly string[] {
  return matching?.on === true ? (matching.labels ?? []) : [];
}

function selector(matchers: readonly Matcher[], labels: readonly string[]): string {
  const asked = matchers.map(({ name, type, value }) => `${name}${type}${JSON.stringify(value)}`);
  const present = [...new Set(labels)].sort().map((label) => `${label}!=""`);
  return `{${[...asked, ...present].join(', ')}}`;
}
