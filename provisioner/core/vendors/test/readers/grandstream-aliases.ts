import { childrenOf, onlyOnce, rootOf, type ReadLine } from './reader.ts';

/** Items by name under version 2; one of version 1, or of another phone, is left aside by the phone. */
export function readGrandstreamAliases(bytes: Buffer): readonly ReadLine[] {
  const root = rootOf(bytes.toString('utf8'));
  const [mac, config, ...others] = childrenOf(root);
  if (root.tagName !== 'gs_provision' || mac?.textContent !== '805ec0aabbcc')
    throw new Error('not for this Grandstream');
  if (config?.getAttribute('version') !== '2' || others.length > 0) throw new Error('not aliases');
  const values = onlyOnce(
    childrenOf(config).map((item) => {
      if (item.tagName !== 'item') throw new Error(`a ${item.tagName} among the items`);
      return [item.getAttribute('name') ?? '', item.textContent ?? ''] as const;
    }),
  );
  return Array.from({ length: 16 }, (_, at) => {
    const of = (name: string): string | undefined => values.get(`account.${at + 1}.${name}`);
    return {
      number: of('sip.userid'),
      authUser: of('sip.subscriber.userId'),
      displayName: of('sip.subscriber.name'),
      key: of('sip.subscriber.password'),
      isActive: of('enable') === 'Yes' && of('sip.registration') === 'Yes',
    };
  });
}
