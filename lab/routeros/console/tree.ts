/** What a console script is made of (manual, "Scripting"): only what the scripts at hand use. */
export type Statement =
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'local' | 'set'; readonly name: string; readonly value: Expression }
  | { readonly kind: 'if'; readonly condition: Expression; readonly then: Body; readonly otherwise: Body }
  | { readonly kind: 'foreach'; readonly name: string; readonly of: Expression; readonly body: Body }
  | { readonly kind: 'do'; readonly body: Body; readonly onError: Body | null }
  | { readonly kind: 'put'; readonly value: Expression }
  | { readonly kind: 'call'; readonly name: string }
  | Command;

type Body = readonly Statement[];

/** `/ip service set api-ssl disabled=no`; a `find` has conditions in place of arguments. */
export interface Command {
  readonly kind: 'command';
  readonly menu: string;
  readonly command: string;
  readonly items: readonly Expression[];
  readonly arguments: readonly (readonly [name: string, value: Expression])[];
  readonly where: Expression | null;
}

export type Expression =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'variable'; readonly name: string }
  /** A property of the row that `find` looks at. */
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'function'; readonly name: FunctionName; readonly arguments: readonly Expression[] }
  | { readonly kind: 'command'; readonly command: Command };

export const FUNCTIONS = ['len', 'pick', 'tostr', 'toarray', 'parse'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];
export type Operator = '=' | '!=' | '>' | '<' | '~' | '.' | 'and' | 'or';

/** A script that the lab's console does not read: better a refusal than a guess. */
export class ConsoleError extends Error {
  override readonly name = 'ConsoleError';
  /** True for what a real router would refuse too, and `on-error` catches. */
  readonly isRuntime: boolean;

  constructor(message: string, isRuntime = false) {
    super(message);
    this.isRuntime = isRuntime;
  }
}
