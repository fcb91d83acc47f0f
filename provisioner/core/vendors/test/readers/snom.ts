import { childrenOf, onlyOnce, rootOf, type ReadLine } from './reader.ts';

/** Settings with the identity in `idx`. */
export function readSnom(bytes: Buffer): readonly ReadLine[] {
  const root = rootOf(bytes.toString('utf8'));
  if (root.tagName !== 'settings') throw new Error('not a file for a Snom');
  const settings = childrenOf(root).flatMap(childrenOf);
  const values = onlyOnce(
    settings.map((item) => [`${item.tagName} ${item.getAttribute('idx') ?? ''}`, item.textContent ?? ''] as const),
  );
  return settings
    .filter(({ tagName }) => tagName === 'user_active')
    .map((item) => {
      const idx = item.getAttribute('idx') ?? '';
      return {
        number: values.get(`user_name ${idx}`),
        authUser: values.get(`user_pname ${idx}`),
        displayName: values.get(`user_realname ${idx}`),
        key: values.get(`user_pass ${idx}`),
        isActive: item.textContent === 'on',
      };
    });
}
