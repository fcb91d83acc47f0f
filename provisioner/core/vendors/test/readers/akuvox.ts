import { onlyOnce, type ReadLine } from './reader.ts';

/** `Config.… = value` under the first line; `#` and `;` begin a comment where they begin a line, blanks do not count. */
export function readAkuvox(bytes: Buffer): readonly ReadLine[] {
  const [first, ...lines] = bytes.toString('utf8').split(/\r\n|[\n\r\u0085\u2028\u2029\0]/);
  if (first !== '#!version:1.0.0.1') throw new Error('not a file for an Akuvox');
  const settings = onlyOnce(
    lines
      .filter((line) => line.trim() !== '' && !/^\s*[#;]/.test(line))
      .map((line) => {
        const [, name, value] = /^Config\.([A-Za-z0-9_.]+) ?=(.*)$/.exec(line) ?? [];
        if (name === undefined || value === undefined) throw new Error('not a setting');
        return [name, value.trim()] as const;
      }),
  );
  const positions = [1, 2, 3, 4, 5, 6].filter((position) => settings.has(`Account${position}.GENERAL.Enable`));
  return positions.map((position) => {
    const value = (name: string): string | undefined => settings.get(`Account${position}.GENERAL.${name}`);
    return {
      number: value('UserName'),
      authUser: value('AuthName'),
      displayName: value('DisplayName'),
      key: value('Pwd'),
      isActive: value('Enable') === '1',
    };
  });
}
