import { expect, test } from 'vitest';
import { compileQuery } from './query.ts';
import { Trap } from './trap.ts';

const rows = [
  { '.id': '*1', list: 'Moroso', address: '192.0.2.1', disabled: 'false', bytes: '9' },
  { '.id': '*2', list: 'Aviso', address: '192.0.2.2', disabled: 'true', bytes: '10', comment: 'x=y' },
  { '.id': '*3', list: 'Aviso', address: '192.0.2.3', disabled: 'false', bytes: '11' },
];

function found(...words: readonly string[]): string[] {
  const matches = compileQuery(words);
  return rows.filter(matches).map((row) => row['.id']);
}

test.each([
  [['list=Aviso'], ['*2', '*3']],
  [['=list=Aviso'], ['*2', '*3']],
  [['comment'], ['*2']],
  [['-comment'], ['*1', '*3']],
  [['comment=x=y'], ['*2']],
  [['disabled=yes'], ['*2']],
  [['>bytes=9'], ['*2', '*3']],
  [['<bytes=10'], ['*1']],
  [['list=Aviso', 'disabled=false'], ['*3']],
  [
    ['list=Moroso', 'address=192.0.2.3', '#|'],
    ['*1', '*3'],
  ],
  [
    ['list=Moroso', '#!'],
    ['*2', '*3'],
  ],
  [['list=Aviso', 'disabled=true', '#!&'], ['*3']],
  [
    ['list=Moroso', 'list=Aviso', 'disabled=true', '#&|'],
    ['*1', '*2'],
  ],
  [['list=Moroso', 'comment', '#1'], ['*1']],
  [[], ['*1', '*2', '*3']],
])('%j finds %j', (words, ids) => {
  expect(found(...words)).toEqual(ids);
});

test('an unknown stack operator is refused', () => {
  expect(() => compileQuery(['#x'])).toThrow(Trap);
});
