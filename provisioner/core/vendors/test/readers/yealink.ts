import { onlyOnce, type ReadLine } from './reader.ts';

/** As the administrator manual describes it: a comment begins with `#`, the key ends at the first `=`, blanks do not count. */
export function readYealink(bytes: Buffer): readonly ReadLine[] {
  const lines = bytes.toString('utf8').split(/\r\n|[\n\r\u0085\u2028\u2029\0]/);
  if (lines[0] !== '#!version:1.0.0.1') throw new Error('not a file for a Yealink');
  const entries = lines
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const at = line.indexOf('=');
      if (at < 0) throw new Error('a line without =');
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()] as const;
    });
  const settings = onlyOnce(entries);
  const count = entries.filter(([key]) => /^account\.\d+\.enable$/.test(key)).length;
  return Array.from({ length: count }, (_, at) => {
    const account = `account.${at + 1}`;
    return {
      number: settings.get(`${account}.user_name`),
      authUser: settings.get(`${account}.auth_name`),
      displayName: settings.get(`${account}.display_name`),
      key: settings.get(`${account}.password`),
      isActive: settings.get(`${account}.enable`) === '1',
    };
  });
}
