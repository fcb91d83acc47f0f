import { childrenOf, onlyOnce, rootOf, type ReadLine } from './reader.ts';

/** Active, SIP user, user and password of its authentication, display name: account by account, as peers write them. */
const ACCOUNTS = [
  ['P271', 'P35', 'P36', 'P34', 'P3'],
  ['P401', 'P735', 'P736', 'P734', 'P703'],
  ['P501', 'P504', 'P505', 'P506', 'P507'],
  ['P601', 'P604', 'P605', 'P606', 'P607'],
  ['P20360', 'P1704', 'P1705', 'P1706', 'P1707'],
  ['P20361', 'P1804', 'P1805', 'P1806', 'P1807'],
] as const;

/** P-values, by their numbers. */
export function readHtek(bytes: Buffer): readonly ReadLine[] {
  const root = rootOf(bytes.toString('utf8'));
  const [config, ...more] = childrenOf(root);
  if (root.tagName !== 'hl_provision' || config?.tagName !== 'config' || more.length > 0)
    throw new Error('not a file for an Htek');
  const values = onlyOnce(
    childrenOf(config).map((item) => {
      if (!/^P\d+$/.test(item.tagName) || !item.hasAttribute('para')) throw new Error('not a P-value');
      return [item.tagName, item.textContent ?? ''] as const;
    }),
  );
  return ACCOUNTS.map(([active, number, authUser, key, displayName]) => ({
    number: values.get(number),
    authUser: values.get(authUser),
    displayName: values.get(displayName),
    key: values.get(key),
    isActive: values.get(active) === '1',
  }));
}
