import { execute } from '../commands/table.ts';
import { shapeOf } from '../menus.ts';
import { showMenu } from '../show.ts';
import { tableOf, type RouterState } from '../state.ts';
import type { Attributes } from '../table.ts';
import { Trap } from '../trap.ts';
import { parseScript } from './parser.ts';
import { ConsoleError, type Command, type Expression, type Statement } from './tree.ts';

/** What a value can be on the console; `code` is what `:parse` gives. */
type Value = string | readonly string[] | { readonly code: readonly Statement[] };

class Scope {
  readonly #values = new Map<string, Value>();
  readonly #outer: Scope | null;

  constructor(outer: Scope | null) {
    this.#outer = outer;
  }

  declare(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  assign(name: string, value: Value): void {
    if (this.#values.has(name)) this.#values.set(name, value);
    else if (this.#outer === null) throw new ConsoleError(`no variable ${name}`);
    else this.#outer.assign(name, value);
  }

  read(name: string): Value {
    const value = this.#values.get(name) ?? this.#outer?.read(name);
    if (value === undefined) throw new ConsoleError(`no variable ${name}`);
    return value;
  }
}

/**
 * Runs a script at the router's console as `user`, and gives what it printed. A refusal of the router's own ends it like
 * `/import`, with what was done before left done; what the lab's console does not know throws before the first command.
 */
export function runConsole(state: RouterState, user: string, script: string): readonly string[] {
  const printed: string[] = [];
  new Runner(state, user, printed).run(readScript(state, script, false), new Scope(null));
  return printed;
}

class Runner {
  readonly #state: RouterState;
  readonly #user: string;
  readonly #printed: string[];

  constructor(state: RouterState, user: string, printed: string[]) {
    this.#state = state;
    this.#user = user;
    this.#printed = printed;
  }

  run(statements: readonly Statement[], scope: Scope): void {
    for (const statement of statements) this.#one(statement, scope);
  }

  #one(statement: Statement, scope: Scope): void {
    switch (statement.kind) {
      case 'block':
        this.run(statement.body, new Scope(scope));
        return;
      case 'local':
        scope.declare(statement.name, this.#value(statement.value, scope));
        return;
      case 'set':
        scope.assign(statement.name, this.#value(statement.value, scope));
        return;
      case 'put':
        this.#printed.push(textOf(this.#value(statement.value, scope)));
        return;
      case 'if':
        this.run(this.#isTrue(statement.condition, scope) ? statement.then : statement.otherwise, new Scope(scope));
        return;
      case 'foreach':
        for (const item of listOf(this.#value(statement.of, scope))) {
          const inner = new Scope(scope);
          inner.declare(statement.name, item);
          this.run(statement.body, inner);
        }
        return;
      case 'do':
        this.#attempt(statement, scope);
        return;
      case 'call': {
        const value = scope.read(statement.name);
        if (typeof value === 'string' || !('code' in value)) throw new ConsoleError(`$${statement.name} is no command`);
        this.run(value.code, new Scope(null));
        return;
      }
      case 'command':
        this.#command(statement, scope);
    }
  }

  #attempt({ body, onError }: Extract<Statement, { readonly kind: 'do' }>, scope: Scope): void {
    try {
      this.run(body, new Scope(scope));
    } catch (error) {
      const isRefusal = error instanceof Trap || (error instanceof ConsoleError && error.isRuntime);
      if (onError === null || !isRefusal) throw error;
      this.run(onError, new Scope(scope));
    }
  }

  #value(expression: Expression, scope: Scope, row: Attributes | null = null): Value {
    switch (expression.kind) {
      case 'text':
        return expression.value;
      case 'variable':
        return scope.read(expression.name);
      case 'property':
        return row?.[expression.name] ?? '';
      case 'not':
        return bool(!this.#isTrue(expression.of, scope, row));
      case 'binary':
        return this.#binary(expression, scope, row);
      case 'command':
        return this.#command(expression.command, scope);
      case 'function':
        return this.#function(expression, scope);
    }
  }

  #isTrue(expression: Expression, scope: Scope, row: Attributes | null = null): boolean {
    const value = this.#value(expression, scope, row);
    if (value === 'true') return true;
    if (value === 'false') return false;
    throw new ConsoleError('conditional not boolean', true);
  }

  #binary(
    { operator, left, right }: Extract<Expression, { readonly kind: 'binary' }>,
    scope: Scope,
    row: Attributes | null,
  ): Value {
    if (operator === 'and') return bool(this.#isTrue(left, scope, row) && this.#isTrue(right, scope, row));
    if (operator === 'or') return bool(this.#isTrue(left, scope, row) || this.#isTrue(right, scope, row));
    const a = textOf(this.#value(left, scope, row));
    const b = textOf(this.#value(right, scope, row));
    switch (operator) {
      case '=':
        return bool(plainBoolean(a) === plainBoolean(b));
      case '!=':
        return bool(plainBoolean(a) !== plainBoolean(b));
      case '>':
        return bool(Number(a) > Number(b));
      case '<':
        return bool(Number(a) < Number(b));
      case '~':
        return bool(new RegExp(b).test(a));
      case '.':
        return a + b;
    }
  }

  #function({ name, arguments: given }: Extract<Expression, { readonly kind: 'function' }>, scope: Scope): Value {
    const [first = '', second = ''] = given.map((one) => this.#value(one, scope));
    switch (name) {
      case 'len':
        return String(typeof first === 'string' ? first.length : listOf(first).length);
      case 'pick':
        return listOf(first)[Number(textOf(second))] ?? '';
      case 'tostr':
        return textOf(first);
      case 'toarray':
        return typeof first === 'string' ? first.split(',').filter((part) => part !== '') : listOf(first);
      case 'parse':
        return { code: readScript(this.#state, textOf(first), true) };
    }
  }

  #command(command: Command, scope: Scope): Value {
    const { menu } = command;
    if (command.command === 'find') return this.#find(menu, command.where, scope);
    const attributes = new Map<string, string>();
    for (const [name, value] of command.arguments) attributes.set(name, textOf(this.#value(value, scope)));
    const items = command.items.map((item) => this.#value(item, scope));
    if (command.command === 'get') return this.#get(menu, items);
    if (items.length > 1) throw new ConsoleError(`${menu} ${command.command}: several items`);
    const [item] = items;
    if (item !== undefined) {
      const ids = this.#idsOf(menu, item);
      // Nothing found, nothing done: as on the router.
      if (ids.length === 0) return '';
      attributes.set('numbers', ids.join(','));
    }
    const path = `${menu}/${command.command}`;
    const request = { path, menu, command: command.command, tag: null, attributes, removed: [], queries: [] };
    const outcome = execute(this.#state, this.#user, request, () => undefined);
    return outcome.kind === 'done' ? (outcome.ret ?? '') : '';
  }

  #find(menu: string, where: Expression | null, scope: Scope): Value {
    const rows = showMenu(this.#state, tableOf(this.#state, menu));
    const found = rows.filter((row) => where === null || this.#isTrue(where, scope, row));
    return found.map((row) => row['.id'] ?? '');
  }

  /** `get item property`, or `get property` in a menu of one row. */
  #get(menu: string, items: readonly Value[]): Value {
    const rows = showMenu(this.#state, tableOf(this.#state, menu));
    const isSingle = shapeOf(menu).isSingle;
    const [item = '', property = item] = items;
    const ids = isSingle ? [] : this.#idsOf(menu, item);
    const row = isSingle ? rows[0] : rows.find((one) => one['.id'] === ids[0]);
    if (row === undefined || ids.length > 1) throw new Trap('no such item');
    return row[textOf(property)] ?? '';
  }

  /** Ids as `find` gave them, or the name of a row. */
  #idsOf(menu: string, item: Value): readonly string[] {
    if (typeof item !== 'string') return listOf(item);
    const rows = showMenu(this.#state, tableOf(this.#state, menu));
    const found = rows.find((row) => row['.id'] === item || row['name'] === item)?.['.id'];
    if (found === undefined) throw new Trap('no such item');
    return [found];
  }
}

/** Within `:parse` an unknown menu is a fault at run time, which `on-error` catches; else nothing of the script runs. */
function readScript(state: RouterState, script: string, isRuntime: boolean): readonly Statement[] {
  const { statements, menus } = parseScript(script);
  const unknown = [...menus].find((menu) => !state.dialect.menus.has(menu));
  if (unknown !== undefined) throw new ConsoleError(`bad command name ${unknown}`, isRuntime);
  return statements;
}

function bool(value: boolean): string {
  return value ? 'true' : 'false';
}

/** `yes` and `true` are one value on the console. */
function plainBoolean(text: string): string {
  return text === 'yes' ? 'true' : text === 'no' ? 'false' : text;
}

function listOf(value: Value): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if ('code' in value) throw new ConsoleError('code is no list');
  return value;
}

function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  return listOf(value).join(';');
}
