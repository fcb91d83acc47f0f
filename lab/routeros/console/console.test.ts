import { expect, test } from 'vitest';
import { systemClock } from '../../clock.ts';
import { labTable } from '../backdoor.ts';
import { createState, tableOf, type RouterState } from '../state.ts';
import type { RouterVersion } from '../dialect.ts';
import { runConsole } from './console.ts';
import { parseScript } from './parser.ts';

function router(version: RouterVersion = '7.24'): RouterState {
  const state = createState(version, systemClock(), 'lab');
  tableOf(state, '/user').insert({ attributes: { name: 'admin', group: 'full', address: '' } });
  return state;
}

const run = (state: RouterState, ...lines: readonly string[]): readonly string[] =>
  runConsole(state, 'admin', lines.join('\n'));

test('commands add, set, find, get and remove, by path, in a menu’s context, and by name', () => {
  const state = router();
  expect(
    run(
      state,
      '# two rows',
      '/ip firewall address-list add list=a address=192.0.2.1; /ip firewall address-list add list=b \\',
      '    address=192.0.2.2 comment="x y"',
      '/ip firewall address-list',
      'set [find where list=a] comment=z',
      ':put [:len [find]]',
      ':put [:len [find where comment~"^x" and !(list="a")]]',
      ':put [:len [find where list=a list=b]]',
      'remove [find where address="192.0.2.2"]',
      'remove [find where address="none"]',
      ':put [get [find where list=a] comment]',
      ':put [/ip service get api-ssl port]',
      '/ip service set api-ssl disabled=yes',
      ':put [:len [/ip service find where disabled=yes]]',
    ),
  ).toEqual(['2', '1', '0', 'z', '8729', '1']);
  expect(labTable(state, '/ip/firewall/address-list').rows()).toHaveLength(1);
});

test('variables live in their block; conditions, loops, lists and text are as the manual says', () => {
  expect(
    run(
      router(),
      '{',
      '  :local rest ""',
      '  :foreach one in=[:toarray "8080,999,3128"] do={',
      '    :if ([:tostr $one] != "999") do={ :set rest ($rest . $one . ",") } else={ :put "skipped" }',
      '  }',
      '  :put $rest',
      '  :put [:pick [:toarray "a,b"] 1]',
      '}',
      ':if ((1 > 2) or ("a" = "a")) do={ :put "\\22\\24\\5C\\n" }',
    ),
  ).toEqual(['skipped', '8080,3128,', 'b', '"$\\\n']);
  expect(() => run(router(), '{ :local a 1 }', ':put $a')).toThrow('no variable a');
});

test('what the router refuses ends the script, with what was before it done, unless on-error takes it', () => {
  const state = router();
  const twice = '/ip firewall address-list add list=a address=192.0.2.1';
  expect(() => run(state, twice, twice, ':put 1')).toThrow('already have such entry');
  expect(run(state, `:do { ${twice} } on-error={ :put "caught" }`, ':put 2')).toEqual(['caught', '2']);
  expect(labTable(state, '/ip/firewall/address-list').rows()).toHaveLength(1);
});

test('a menu that the version has not stops a script before its first command, and :parse finds it out later', () => {
  const state = router('6.49');
  const add = '/ip firewall address-list add list=a address=192.0.2.1';
  expect(() => run(state, add, '/system device-mode get mode')).toThrow('bad command name /system/device-mode');
  expect(labTable(state, '/ip/firewall/address-list').rows()).toHaveLength(0);
  const parsed = ':do { :local run [:parse "/system device-mode get mode"]; $run } on-error={ :put "none" }';
  expect(run(state, add, parsed)).toEqual(['none']);
});

test.each([
  ['/ip firewall address-list frobnicate'],
  [':while (true) do={}'],
  [':global x 1'],
  [':put "not closed'],
  [':put "a $variable"'],
  [':put [:resolve x]'],
  ['/user add name=é'],
  [':if (1 = 1) do={ :put 1'],
  [':put "\\q"'],
])('what it does not know it refuses: %s', (script) => {
  expect(() => {
    parseScript(script);
    runConsole(router(), 'admin', script);
  }).toThrow(/line \d+: |not ASCII|bad command name/);
});

test('who lacks the right may not do it at the console either', () => {
  const state = router();
  tableOf(state, '/user').insert({ attributes: { name: 'guest', group: 'read', address: '' } });
  expect(() => runConsole(state, 'guest', '/ip firewall address-list add list=a address=192.0.2.1')).toThrow(
    'not enough permissions',
  );
});
