import type { Attributes } from './table.ts';
import { Trap } from './trap.ts';

/**
 * The query words of a `print` as one predicate (RouterOS manual, "API", "Queries"): each word pushes a truth value on
 * a stack, `#` words work on the stack, and at the end all values left must be true.
 */
export function compileQuery(words: readonly string[]): (row: Attributes) => boolean {
  const steps = words.map(compileWord);
  return (row) => {
    const stack: boolean[] = [];
    for (const step of steps) step(stack, row);
    return stack.every(Boolean);
  };
}

type QueryStep = (stack: boolean[], row: Attributes) => void;

function compileWord(word: string): QueryStep {
  if (word.startsWith('#')) return stackStep(word.slice(1));
  if (word.startsWith('-')) return push((row) => row[word.slice(1)] === undefined);
  const compared = /^([<>=]?)([^=]+)=(.*)$/s.exec(word);
  if (compared === null) return push((row) => row[word.replace(/^=/, '')] !== undefined);
  const [, operator = '', name = '', value = ''] = compared;
  if (operator === '<') return push((row) => row[name] !== undefined && order(row[name], value) < 0);
  if (operator === '>') return push((row) => row[name] !== undefined && order(row[name], value) > 0);
  const wanted = value === 'yes' ? 'true' : value === 'no' ? 'false' : value;
  return push((row) => row[name] === value || row[name] === wanted);
}

function push(test: (row: Attributes) => boolean): QueryStep {
  return (stack, row) => stack.push(test(row));
}

function order(a: string, b: string): number {
  const [left, right] = [Number(a), Number(b)];
  if (a !== '' && b !== '' && !Number.isNaN(left) && !Number.isNaN(right)) return left - right;
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The manual's stack words, left to right: `!` `&` `|`; an index before another character pushes a copy of that value
 * (top is 0; a dot after an index does nothing), at the end of the word it replaces all values; a dot elsewhere copies
 * the top.
 */
function stackStep(text: string): QueryStep {
  const parts = text.match(/\d+\.?|[!&|.]/g) ?? [];
  if (parts.join('') !== text) throw new Trap('invalid query', 5);
  return (stack) => {
    for (const [at, part] of parts.entries()) applyOperator(part, stack, at === parts.length - 1);
  };
}

function applyOperator(part: string, stack: boolean[], isLast: boolean): void {
  switch (part) {
    case '!':
      stack.push(!(stack.pop() ?? true));
      return;
    case '&':
    case '|': {
      const [b, a] = [stack.pop() ?? true, stack.pop() ?? true];
      stack.push(part === '&' ? a && b : a || b);
      return;
    }
    case '.':
      stack.push(stack.at(-1) ?? true);
      return;
    default: {
      const value = stack.at(-1 - Number.parseInt(part, 10)) ?? true;
      if (isLast && !part.endsWith('.')) stack.length = 0;
      stack.push(value);
    }
  }
}
