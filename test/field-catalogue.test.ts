import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const FOLDERS = ['agent', 'cli', 'control', 'lab', 'provisioner', 'schemas', 'store', 'test'];

/** What engineers complain of about systems like this one; a test of each begins `complaint N:`. */
const COMPLAINTS: readonly string[] = [
  'paid, still cut',
  'cut in mass though paid',
  'some routers get it, some do not',
  'HTTPS shows nothing or a certificate error',
  'a drop on 443 stops the device’s own prompt',
  'a walled garden by address cannot hold CDN hosts',
  'redirect loop',
  'old notices dead after a change of the portal’s domain',
  'open and fasttracked connections survive a cut',
  'printing the whole table times out',
  'ten thousand rows one by one are slow, a script stops silently',
  'a duplicate hangs the library or kills the process',
  'REST serves one session at a time',
  'rows with a timeout are lost at a reboot',
  'small routers choke on long lists',
  'a wrong time zone shifts the day of the cut',
  'box off at the time of the cut: the cut is skipped',
  'reactivation by a person is slow',
  'cut on paper: row written, rule missing, disabled or below an accept',
  'the wrong person is cut, for the address moved',
  'duplicate and contradictory notice rows',
  'a reminder blocks all browsing',
];

/** How routers fail; a test of each has these words after `failure:`. */
const FAILURES: readonly (readonly [what: string, words: RegExp])[] = [
  ['reboot in mid-apply', /reboots in mid-apply/],
  ['after a reboot: dynamic rows gone, names asked anew, clock wrong', /after a reboot/],
  ['API off, address filter, port moved', /API|port|address=/],
  ['rights', /right|polic|permission/i],
  ['flash full', /flash|disk/i],
  ['connection hangs with its socket open', /hangs/],
  ['login and logout in pairs', /log(s|ged)? in|login|session/i],
  ['API rate: the router cannot keep up', /keep up/],
  ['IPv6 beside IPv4', /IPv6/],
];

function titles(): readonly string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts') && !name.includes('node_modules'))
      .flatMap(
        (name) => readFileSync(join(ROOT, folder, name), 'utf8').match(/['"`](complaint \d+|failure): [^\n]+/g) ?? [],
      ),
  );
}

test('every complaint of the field, and every way in which routers fail, has a test of its name', () => {
  const all = titles();
  const untested = COMPLAINTS.map((what, at) => ({ what, word: `complaint ${at + 1}: ` }))
    .filter(({ word }) => !all.some((title) => title.slice(1).startsWith(word)))
    .map(({ what, word }) => `${word}${what}`);
  const failures = all.filter((title) => title.slice(1).startsWith('failure: '));
  const unseen = FAILURES.filter(([, words]) => !failures.some((title) => words.test(title))).map(([what]) => what);
  expect([...untested, ...unseen]).toEqual([]);
});
