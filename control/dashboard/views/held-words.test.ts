import { expect, test } from 'vitest';
import { WORDS } from '../texts/words.js';
import { effectOfCommand, withdrawal } from './held-words.js';

const NOBODY = { count: 0, first: [] };

test('what is held is withdrawn by whoever asked for it: a cut, a snapshot, an adoption', () => {
  const words = WORDS.es.held;
  expect(withdrawal({ kind: 'cutoff', cut: { count: 1, first: ['s5'] } }, 'r0', words)).toContain('restore s5');
  expect(withdrawal({ kind: 'desired-state', cut: NOBODY }, 'r0', words)).toContain('una instantánea más nueva');
  expect(withdrawal({ kind: 'adopt', cut: NOBODY }, 'r0', words)).toContain('wisp-edge adopt r0 --hand-back');
  expect(withdrawal({ kind: null, cut: NOBODY }, 'r0', words)).toBe(null);
});

test('a set changes a row, and adds none', () => {
  const of = (sign: '+' | '-', command: string) => effectOfCommand({ sign, command });
  expect(of('+', '/ip firewall nat set *5 disabled=yes')).toBe('changed');
  expect(of('+', '/ip firewall address-list add list=Moroso address=100.64.0.5 comment="set up"')).toBe('added');
  expect(of('-', '/ip firewall address-list remove *5')).toBe('removed');
});
