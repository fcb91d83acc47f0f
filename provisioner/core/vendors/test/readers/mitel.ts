import { onlyOnce, type ReadLine } from './reader.ts';

const LINES = 9;

/**
 * As the administrator guide and its examples show it: `#` opens a comment wherever it stands, the name ends at the first
 * colon and does not know upper from lower case, blanks do not count, quotes around a value are not part of it. A value
 * without `^` or `!` before its name would lose against what a person set.
 */
export function readMitel(bytes: Buffer): readonly ReadLine[] {
  const lines = bytes.toString('utf8').split(/\r\n|[\n\r\u0085\u2028\u2029\0]/);
  const settings = onlyOnce(
    lines
      .map((line) => line.replace(/#.*$/s, '').trim())
      .filter((line) => line !== '')
      .map((line) => {
        const [, prefix, name = '', value = ''] = /^([!^]?)([^:]+):(.*)$/s.exec(line) ?? [];
        if (prefix === undefined) throw new Error('a line without a colon');
        if (prefix === '') throw new Error('a value that what was set at the phone outranks');
        return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/s, '$1')] as const;
      }),
  );
  if (!/^[124]$/.test(settings.get('sip transport protocol') ?? '1')) throw new Error('no such transport');
  return Array.from({ length: LINES }, (_, at) => {
    const value = (name: string): string | undefined => settings.get(`sip line${at + 1} ${name}`);
    for (const name of ['screen name', 'display name', 'user name', 'auth name', 'password'])
      if (new TextEncoder().encode(value(name) ?? '').length > 20) throw new Error(`more than 20 bytes in ${name}`);
    return {
      number: value('user name'),
      authUser: value('auth name'),
      displayName: value('display name'),
      key: value('password'),
      isActive: !['', '0.0.0.0', undefined].includes(value('registrar ip')),
    };
  });
}
