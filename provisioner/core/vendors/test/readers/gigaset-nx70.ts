import { childrenOf, onlyOnce, rootOf, type ReadLine } from './reader.ts';

const HANDSETS = ['00001', '00002', '00003', '00004', '00005', '00006', '00007', '00008'];
const GONE: ReadLine = { number: '', authUser: '', displayName: '', key: '', isActive: false };

/**
 * As the vendor's wiki tells it: whose handset is deregistered has no account any more, and that must be told first; who is
 * added after that is there.
 */
export function readGigasetNx70(bytes: Buffer): readonly ReadLine[] {
  const root = rootOf(bytes.toString('utf8'));
  const [nvm, ...others] = childrenOf(root);
  if (root.tagName !== 'provisioning' || root.getAttribute('version') !== '1.1')
    throw new Error('not a file for an Nx70');
  if (root.getAttribute('productID') !== 'e2' || nvm?.tagName !== 'nvm' || others.length > 0) throw new Error('no nvm');
  const parts = childrenOf(nvm);
  const added = parts
    .filter((part) => part.tagName === 'oper' && part.getAttribute('name') === 'add_hs')
    .map((part) => part.getAttribute('value') ?? '');
  const entries = parts
    .filter(({ tagName }) => tagName === 'param')
    .map((part) => [part.getAttribute('name') ?? '', part.getAttribute('value') ?? ''] as const);
  if (entries.length + added.length !== parts.length) throw new Error('neither a param nor a handset');
  const empty = entries.find(([, value]) => value === '');
  if (empty !== undefined) throw new Error(`${empty[0]} is empty`);
  const isEnd = ([, value]: readonly [string, string]): boolean => value === 'ToDeReg';
  if (entries.slice(entries.filter(isEnd).length).some(isEnd)) throw new Error('told too late to deregister');
  const values = onlyOnce(entries);
  return HANDSETS.map((id) => {
    if (values.get(`hs.${id}.RegStatus`) === 'ToDeReg' && !added.includes(id)) return GONE;
    const provider = values.get(`SipAccount.${id}.ProviderId`);
    if (provider !== undefined && !values.has(`SipProvider.${provider}.ProxyServerAddress`))
      throw new Error('no provider');
    return {
      number: values.get(`SipAccount.${id}.UserName`),
      authUser: values.get(`SipAccount.${id}.AuthName`),
      displayName: values.get(`SipAccount.${id}.DisplayName`),
      key: values.get(`SipAccount.${id}.AuthPassword`),
      isActive: added.includes(id) && provider !== undefined,
    };
  });
}
