import { expect, test } from 'vitest';
import { formatRefusal } from '../../../schemas/phone-formats/refusal.ts';
import { Secret } from '../../../schemas/secret.ts';
import { FORMATS } from './table.ts';
import { modelOf } from './test/models.ts';

const MAC = '805ec0aabbcc';
const CISCOS = [FORMATS['cisco-spa'], FORMATS['cisco-mpp']] as const;
const at = (url: string) => ({ ...modelOf({}), provisioningUrl: new Secret(url) });

test.each(CISCOS)('a $dialect is led home by a rule that names its MAC, a $ of our own as two', ({ files: [file] }) => {
  const rule = (url: string): string | undefined => /<Profile_Rule ua="na">(.*)</.exec(file.whole(at(url)))?.[1];
  expect(rule('http://box:8471/phones/p/tok_-1/')).toBe('http://box:8471/phones/p/tok_-1/$MA.xml');
  expect(rule('https://box/a$MA&b/p/t/')).toBe('https://box/a$$MA&amp;b/p/t/$MA.xml');
  expect(() => file.whole(at('https://box/a|b/p/t/'))).toThrow(/ends the URL/);
});

test.each(CISCOS)(
  'a $dialect goes home in the round of its enrolment, by the rule after the first',
  ({ files: [file] }) => {
    const rules = (text: string): string[] =>
      [...text.matchAll(/<(Profile_Rule\w*) ua="na">(.*)<\/\1>/g)].map(([, , value = '']) => value);
    const home = 'https://phones.example.net:8471/p/0123456789abcdefABCDEF/$MA.xml';
    expect(rules(file.enrolment(modelOf({})))).toEqual([home, home, '', '']);
    expect(rules(file.whole(modelOf({})))).toEqual([home, '', '', '']);
  },
);

test('a Cisco without a port of its registrar is told that of TLS only', () => {
  const [file] = FORMATS['cisco-mpp'].files;
  const model = modelOf({});
  const [, slot] = model.slots;
  if (slot?.kind !== 'line') throw new Error('no line');
  const proxy = (line: Partial<typeof slot.line>): string | undefined =>
    /<Proxy_1_ ua="na">(.*)</.exec(
      file.whole({ ...model, slots: [{ kind: 'line', line: { ...slot.line, ...line } }] }),
    )?.[1];
  expect(proxy({ port: null, transport: 'udp' })).toBe('sip.example.net');
  expect(proxy({ port: null, transport: 'tls' })).toBe('sip.example.net:5061');
  expect(proxy({ port: 5080, transport: 'tcp' })).toBe('sip.example.net:5080');
});

test('a SPA takes ASCII only, an MPP any language; neither a $ in what it registers with', () => {
  expect(formatRefusal('cisco-spa', 'displayName', 'Ñandú')).toMatch(/ASCII/);
  expect(formatRefusal('cisco-mpp', 'displayName', 'Ñandú 会')).toBeNull();
  for (const { dialect } of CISCOS)
    for (const field of ['displayName', 'authUser', 'sipKey'] as const)
      expect([dialect, field, formatRefusal(dialect, field, 'a$USER')]).toEqual([
        dialect,
        field,
        expect.stringContaining('may not hold a $') as string,
      ]);
});

test.each(CISCOS)('a $dialect asks for its file by the MAC in lower case, and gets it in any', ({ files: [file] }) => {
  expect(file.name(MAC, 'SPA504G')).toBe('805ec0aabbcc.xml');
  expect(file.isNamed('805EC0AABBCC.xml', MAC)).toBe(true);
  expect(file.isNamed('spa504G.cfg', MAC)).toBe(false);
});
