import { childrenOf, onlyOnce, rootOf, type ReadLine } from './reader.ts';

/**
 * A flat-profile as the guides describe it: blanks at both ends of a value do not count, line breaks in it are blanks, and
 * an element that nobody knows is ignored. What a `$` in a value becomes no guide says, so there may be none, but for the
 * names of keys and the rules.
 */
export function readFlatProfile(text: string): readonly ReadLine[] {
  const root = rootOf(text);
  if (root.tagName !== 'flat-profile') throw new Error('not a flat-profile');
  const values = onlyOnce(
    childrenOf(root).map((item) => {
      if (!/^(na|ro|rw)?$/.test(item.getAttribute('ua') ?? '')) throw new Error('not an access of a user');
      return [item.tagName, (item.textContent ?? '').replace(/[\r\n]/g, ' ').trim()] as const;
    }),
  );
  for (const [name, value] of values) {
    if (/^(Short_Name_\d+_|Profile_Rule(_[BCD])?)$/.test(name)) continue;
    if (value.includes('$')) throw new Error(`a macro in ${name}`);
  }
  // https://host/path, its file the MAC, perhaps the key that it is encrypted with before it; a rule beside it would lead the phone on.
  if (!/^(\[--key [0-9a-f]{32}\] )?https?:\/\/[^|[\s]+\/\$MA\.xml$/.test(values.get('Profile_Rule') ?? ''))
    throw new Error('no way home');
  const count = [...values.keys()].filter((name) => /^Line_Enable_\d+_$/.test(name)).length;
  return Array.from({ length: count }, (_, at) => {
    const value = (name: string): string | undefined => values.get(`${name}_${at + 1}_`);
    return {
      number: value('User_ID'),
      authUser: value('Auth_ID'),
      displayName: value('Display_Name'),
      key: value('Password'),
      isActive: value('Line_Enable') === 'Yes' && value('Register') === 'Yes',
    };
  });
}
