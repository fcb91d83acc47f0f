import { childrenOf, onlyOnce, rootOf, type ReadLine } from './reader.ts';

/** `<sysConf>` with a version of ten decimals; in its one `<sip>` the lines, by their index. */
export function readFanvilXml(bytes: Buffer): readonly ReadLine[] {
  const root = rootOf(bytes.toString('utf8'));
  const [version, ...modules] = childrenOf(root);
  if (root.tagName !== 'sysConf' || version?.tagName !== 'Version') throw new Error('not a file for a Fanvil');
  if (!/^[1-9]\.\d{10}$/.test(version.textContent ?? '')) throw new Error('not a version');
  onlyOnce(modules.map((module) => [module.tagName, ''] as const));
  const sip = modules.find(({ tagName }) => tagName === 'sip');
  if (sip === undefined) throw new Error('no lines');
  const lines = childrenOf(sip).filter(({ tagName }) => tagName === 'line');
  onlyOnce(lines.map((line) => [line.getAttribute('index') ?? '', ''] as const));
  return lines.map((line) => {
    const values = onlyOnce(childrenOf(line).map((item) => [item.tagName, item.textContent ?? ''] as const));
    return {
      number: values.get('PhoneNumber'),
      authUser: values.get('RegisterUser'),
      displayName: values.get('DisplayName'),
      key: values.get('RegisterPswd'),
      isActive: values.get('EnableReg') === '1',
    };
  });
}
