import { onlyOnce, type ReadLine } from './reader.ts';

const FIRST = /^<<VOIP CONFIG FILE>>Version:[1-9]\.\d{4,10} *$/;

/** As phones export it: a name of at least 19 columns, a colon, the value to the end of the line; blanks do not count. */
export function readFanvilText(bytes: Buffer): readonly ReadLine[] {
  const all = bytes.toString('utf8').split(/\r\n|[\n\r\u0085\u2028\u2029\0]/);
  const end = all.indexOf('<<END OF FILE>>');
  const [first = '', ...rest] = all.slice(0, end);
  if (end < 0 || !FIRST.test(first)) throw new Error('not a file for an old Fanvil');
  if (all.slice(end + 1).some((line) => line !== '')) throw new Error('more after the end');
  const entries = rest
    .filter((line) => line !== '' && !/^<[A-Z ]+ MODULE>$/.test(line))
    .map((line) => {
      const [, name, value] = /^([^:]{19,}):(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error('not a setting');
      return [name.trimEnd(), value.trim()] as const;
    });
  const settings = onlyOnce(entries);
  const positions = [1, 2, 3, 4, 5, 6].filter((position) => settings.has(`SIP${position} Enable Reg`));
  return positions.map((position) => {
    const value = (name: string): string | undefined => settings.get(`SIP${position} ${name}`);
    return {
      number: value('Phone Number'),
      authUser: value('Register User'),
      displayName: value('Display Name'),
      key: value('Register Pswd'),
      isActive: value('Enable Reg') === '1',
    };
  });
}
