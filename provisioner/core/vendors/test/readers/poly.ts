import { childrenOf, onlyOnce, rootOf, type ReadLine } from './reader.ts';

/**
 * The attributes of all elements, whatever they are called: only the master file has a name of its own. What begins with
 * `device.` is taken with its `.set` alone; who left that out meant something else.
 */
export function readPoly(bytes: Buffer): readonly ReadLine[] {
  const root = rootOf(bytes.toString('utf8'));
  if (root.tagName === 'APPLICATION') throw new Error('the master file, which holds no parameters');
  const parameters = onlyOnce(
    [root, ...childrenOf(root)].flatMap(({ attributes }) =>
      Array.from(attributes).map(({ name, value }) => [name, value] as const),
    ),
  );
  const devices = [...parameters.keys()].filter((name) => /^device\.(?!set$)(?!.*\.set$)/.test(name));
  if (parameters.get('device.set') !== '1' || devices.some((name) => parameters.get(`${name}.set`) !== '1'))
    throw new Error('a device parameter that is not set');
  return [...parameters.keys()].flatMap((name): ReadLine[] => {
    const [, reg] = /^(reg\.\d+)\.address$/.exec(name) ?? [];
    if (reg === undefined) return [];
    const value = (last: string): string | undefined => parameters.get(`${reg}.${last}`);
    return [
      {
        number: value('address'),
        authUser: value('auth.userId'),
        displayName: value('displayName'),
        key: value('auth.password'),
        isActive: (value('address') ?? '') !== '' && (value('server.1.address') ?? '') !== '',
      },
    ];
  });
}
