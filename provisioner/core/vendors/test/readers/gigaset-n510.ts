import { childrenOf, onlyOnce, rootOf, type ReadLine } from './reader.ts';

/** Bytes are ISO-8859-1; a text stands in quotes inside `value`, whose end is the next quote. */
export function readGigasetN510(bytes: Buffer): readonly ReadLine[] {
  const text = bytes.toString('latin1');
  if (!text.startsWith('<?xml version="1.0" encoding="ISO-8859-1"?>')) throw new Error('not told how to read it');
  const frame = rootOf(text);
  const [provider] = childrenOf(frame);
  if (frame.tagName !== 'ProviderFrame' || provider?.tagName !== 'Provider') throw new Error('not a file for an N510');
  const [mac, profile, ...items] = childrenOf(provider);
  if (mac?.tagName !== 'MAC_ADDRESS' || mac.getAttribute('value') !== '805EC0AABBCC') throw new Error('another MAC');
  if (profile?.tagName !== 'PROFILE_NAME') throw new Error('no profile name');
  const settings = onlyOnce(
    items.map((item) => {
      const isSymbol = item.tagName === 'SYMB_ITEM' && item.getAttribute('class') === 'symb_item';
      if (!isSymbol && item.getAttribute('class') !== 'string') throw new Error(`a ${item.tagName} of no class`);
      return [isSymbol ? (item.getAttribute('ID') ?? '') : item.tagName, item.getAttribute('value') ?? ''] as const;
    }),
  );
  const quoted = (name: string): string | undefined => {
    const value = settings.get(name);
    if (value === undefined) return undefined;
    const [, inside] = /^"([^"\\]*)"$/.exec(value) ?? [];
    if (inside === undefined) throw new Error(`${name} is no text in quotes`);
    return inside;
  };
  return [1, 2, 3, 4, 5, 6].map((account) => {
    const end = account === 1 ? '' : `_${account}`;
    return {
      number: quoted(`BS_IP_Data1.aucS_SIP_USER_ID${end}`),
      authUser: quoted(`BS_IP_Data3.aucS_SIP_LOGIN_ID${end}`),
      displayName: quoted(`BS_IP_Data1.aucS_SIP_DISPLAYNAME${end}`),
      key: quoted(`BS_IP_Data1.aucS_SIP_PASSWORD${end}`),
      isActive: settings.get(`BS_IP_Data1.ucB_SIP_ACCOUNT_IS_ACTIVE_${account}`) === '1',
    };
  });
}
