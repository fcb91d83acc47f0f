import { onlyOnce, type ReadLine } from './reader.ts';

/** As the guide of the KX-UT670 has it, 5.2.1; lines that are too long are ignored there, which no file of ours may count on. */
export function readPanasonic(bytes: Buffer): readonly ReadLine[] {
  const lines = bytes.toString('utf8').split('\r\n');
  if (lines[0]?.slice(0, 44) !== '# Panasonic SIP Phone Standard Format File #') throw new Error('not its first line');
  if (lines.slice(-2).join('') !== '') throw new Error('no empty line at the end');
  if (bytes.length > 120 * 1024) throw new Error('more than 120 KB');
  const entries = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      if (/[\r\n]/.test(line)) throw new Error('a line break that is not CR LF');
      if (new TextEncoder().encode(`${line}\r\n`).length > 537) throw new Error('a line of more than 537 bytes');
      const [, name, value] = /^([A-Z0-9_]{1,32})="([^"]*)"$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error('not NAME="value"');
      return [name, value] as const;
    });
  const settings = onlyOnce(entries);
  return entries.flatMap(([name]): ReadLine[] => {
    const [, position] = /^PHONE_NUMBER_(\d+)$/.exec(name) ?? [];
    if (position === undefined) return [];
    const value = (of: string): string | undefined => settings.get(`${of}_${position}`);
    return [
      {
        number: value('PHONE_NUMBER'),
        authUser: value('SIP_AUTHID'),
        displayName: value('DISPLAY_NAME'),
        key: value('SIP_PASS'),
        isActive: (value('SIP_URI') ?? '') !== '' && (value('SIP_RGSTR_ADDR') ?? '') !== '',
      },
    ];
  });
}
