import { Scanner } from './scanner.ts';
import { FUNCTIONS, type Command, type Expression, type Operator, type Statement } from './tree.ts';

/** Words that are commands; what stands before them is the path of the menu. */
const COMMANDS = new Set(['add', 'set', 'remove', 'find', 'get', 'enable', 'disable', 'sign']);
/** Properties that may stand alone in a condition: `[find where !dynamic]`. */
const FLAGS = new Set(['dynamic', 'invalid', 'disabled']);
/** Weakest first. */
const LEVELS: readonly (readonly Operator[])[] = [['or'], ['and'], ['!=', '=', '>', '<', '~'], ['.']];

export interface Script {
  readonly statements: readonly Statement[];
  /** Every menu that stands in it: the router refuses a script that names one it has not, before the first command. */
  readonly menus: ReadonlySet<string>;
}

/** Reads a script whole. */
export function parseScript(script: string): Script {
  const parser = new Parser(new Scanner(script));
  return { statements: parser.statements(() => false), menus: parser.menus };
}

class Parser {
  readonly menus = new Set<string>();
  readonly #scan: Scanner;
  /** Where commands without a path of their own begin. */
  #menu = '';

  constructor(scan: Scanner) {
    this.#scan = scan;
  }

  statements(isOver: () => boolean): readonly Statement[] {
    const found: Statement[] = [];
    for (;;) {
      this.#scan.separators();
      if (this.#scan.isEnd || isOver()) return found;
      const statement = this.#statement();
      if (statement !== null) found.push(statement);
      if (!this.#scan.isStatementEnd()) this.#scan.fail('expected the end of a command');
    }
  }

  #body(): readonly Statement[] {
    this.#scan.expect('{');
    const menu = this.#menu;
    const body = this.statements(() => this.#scan.peek('}'));
    this.#menu = menu;
    this.#scan.expect('}');
    return body;
  }

  #statement(): Statement | null {
    if (this.#scan.peek('{')) return { kind: 'block', body: this.#body() };
    if (this.#scan.take('$')) return { kind: 'call', name: this.#scan.name() };
    if (this.#scan.take(':')) return this.#keyword();
    return this.#commandOrMenu();
  }

  #keyword(): Statement {
    const word = this.#scan.name();
    switch (word) {
      case 'local':
      case 'set':
        return { kind: word, name: this.#scan.name(), value: this.#value() };
      case 'put':
        return { kind: 'put', value: this.#value() };
      case 'if': {
        const condition = this.#value();
        this.#scan.expect('do=');
        const then = this.#body();
        return { kind: 'if', condition, then, otherwise: this.#scan.take('else=') ? this.#body() : [] };
      }
      case 'foreach': {
        const name = this.#scan.name();
        this.#scan.expect('in=');
        const of = this.#value();
        this.#scan.expect('do=');
        return { kind: 'foreach', name, of, body: this.#body() };
      }
      case 'do': {
        const body = this.#body();
        return { kind: 'do', body, onError: this.#scan.take('on-error=') ? this.#body() : null };
      }
      default:
        return this.#scan.fail(`unknown command :${word}`);
    }
  }

  /** A path alone makes the menu that later commands begin at. */
  #commandOrMenu(): Statement | null {
    const command = this.#command(this.#menu);
    if (typeof command !== 'string') return command;
    this.menus.add(command);
    this.#menu = command;
    return null;
  }

  #command(context: string): Command | string {
    let menu = this.#scan.peek('/') ? '' : context;
    for (;;) {
      this.#scan.take('/');
      const word = this.#scan.nextName();
      if (word === '') {
        if (this.#scan.isStatementEnd()) return menu;
        this.#scan.fail('expected a menu or a command');
      }
      this.#scan.name();
      if (COMMANDS.has(word)) return this.#arguments(menu, word);
      menu += `/${word}`;
      if (this.#scan.isStatementEnd()) return menu;
    }
  }

  #arguments(menu: string, command: string): Command {
    this.menus.add(menu);
    const items: Expression[] = [];
    const named: (readonly [string, Expression])[] = [];
    if (command === 'find') {
      this.#scan.take('where');
      const where = this.#scan.isStatementEnd() ? null : this.#conditions();
      return { kind: 'command', menu, command, items, arguments: named, where };
    }
    const outer = this.#menu;
    // `[find …]` without a path looks in the menu of the command around it.
    this.#menu = menu;
    while (!this.#scan.isStatementEnd()) {
      if (this.#scan.isArgument()) {
        const name = this.#scan.name();
        this.#scan.expect('=');
        named.push([name, this.#value()]);
      } else items.push(this.#value());
    }
    this.#menu = outer;
    return { kind: 'command', menu, command, items, arguments: named, where: null };
  }

  /** Conditions side by side must all hold. */
  #conditions(): Expression {
    let left = this.#expression(0, true);
    while (!this.#scan.isStatementEnd()) {
      left = { kind: 'binary', operator: 'and', left, right: this.#expression(0, true) };
    }
    return left;
  }

  #expression(level: number, inFind: boolean): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#operand(inFind);
    let left = this.#expression(level + 1, inFind);
    for (;;) {
      const operator = operators.find((one) => this.#isNext(one));
      if (operator === undefined) return left;
      this.#scan.expect(operator);
      left = { kind: 'binary', operator, left, right: this.#expression(level + 1, inFind) };
    }
  }

  #isNext(operator: Operator): boolean {
    this.#scan.blanks();
    return /[a-z]/.test(operator) ? this.#scan.nextName() === operator : this.#scan.peek(operator);
  }

  #operand(inFind: boolean): Expression {
    if (this.#scan.take('!')) return { kind: 'not', of: this.#operand(inFind) };
    if (this.#scan.take('(')) {
      const inside = this.#expression(0, inFind);
      this.#scan.expect(')');
      return inside;
    }
    if (inFind && this.#isProperty()) return { kind: 'property', name: this.#scan.name() };
    return this.#value();
  }

  /** In a condition a name before an operator is a property, and so is a flag alone; behind one it is a word. */
  #isProperty(): boolean {
    const name = this.#scan.nextName();
    if (FLAGS.has(name)) return true;
    return name !== '' && ['=', '!=', '~', '>', '<'].some((operator) => this.#scan.peek(`${name}${operator}`));
  }

  #value(): Expression {
    this.#scan.blanks();
    if (this.#scan.peek('"')) return { kind: 'text', value: this.#scan.quoted() };
    if (this.#scan.take('$')) return { kind: 'variable', name: this.#scan.name() };
    if (this.#scan.take('(')) {
      const inside = this.#expression(0, false);
      this.#scan.expect(')');
      return inside;
    }
    if (this.#scan.take('[')) {
      const inside = this.#bracket();
      this.#scan.expect(']');
      return inside;
    }
    const word = this.#scan.word();
    if (word === '') this.#scan.fail('expected a value');
    return { kind: 'text', value: word };
  }

  #bracket(): Expression {
    if (!this.#scan.take(':')) {
      const command = this.#command(this.#menu);
      if (typeof command === 'string') return this.#scan.fail('a menu gives no value');
      return { kind: 'command', command };
    }
    const word = this.#scan.name();
    const name = FUNCTIONS.find((one) => one === word);
    if (name === undefined) return this.#scan.fail(`unknown function :${word}`);
    const given: Expression[] = [];
    while (!this.#scan.isStatementEnd()) given.push(this.#value());
    return { kind: 'function', name, arguments: given };
  }
}
