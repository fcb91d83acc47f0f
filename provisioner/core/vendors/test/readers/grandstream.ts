import { childrenOf, onlyOnce, rootOf, type ReadLine } from './reader.ts';

const ACCOUNTS = [
  { active: 'P271', number: 'P35', authUser: 'P36', key: 'P34', displayName: 'P3' },
  ...[4, 5, 6, 17, 18].map((n) => ({
    active: `P${n}01`,
    number: `P${n}04`,
    authUser: `P${n}05`,
    key: `P${n}06`,
    displayName: `P${n}07`,
  })),
];

/** P-values of the six accounts; a file whose `<mac>` is another phone's is refused by the phone. */
export function readGrandstream(bytes: Buffer): readonly ReadLine[] {
  const root = rootOf(bytes.toString('utf8'));
  const [mac, config] = childrenOf(root);
  if (root.tagName !== 'gs_provision' || mac?.textContent !== '805ec0aabbcc' || config === undefined)
    throw new Error('not a file for this Grandstream');
  const values = onlyOnce(childrenOf(config).map((item) => [item.tagName, item.textContent ?? ''] as const));
  return ACCOUNTS.map(({ active, number, authUser, key, displayName }) => ({
    number: values.get(number),
    authUser: values.get(authUser),
    displayName: values.get(displayName),
    key: values.get(key),
    isActive: values.get(active) === '1',
  }));
}
