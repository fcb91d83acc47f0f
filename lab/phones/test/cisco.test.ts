import { expect, test } from 'vitest';
import { ciscoMpp } from '../cisco-mpp.ts';
import { ciscoSpa } from '../cisco-spa.ts';
import type { Flash } from '../vendor.ts';

const MAC = '0002fdff2103';
const BOTH = [ciscoSpa, ciscoMpp] as const;
const known = new Map<string, string>();

function profile(...elements: readonly string[]): string {
  return `<?xml version="1.0"?>\n<top><flat-profile>\n${elements.join('\n')}\n</flat-profile></top>`;
}

test('a Cisco asks for its model’s file from the factory, and for what was typed once it was', () => {
  const flash: Flash = new Map();
  expect([...ciscoSpa.files(MAC, flash)]).toEqual(['spa504G.cfg']);
  expect([...ciscoMpp.files(MAC, flash)]).toEqual([`Cisco/CP-8841-3PCC/${MAC}.cfg`]);
  ciscoSpa.typed?.('http://box/e/once/', flash);
  expect([...ciscoSpa.files(MAC, flash)]).toEqual([`http://box/e/once/${MAC}.xml`]);
  expect(ciscoSpa.provisioningUrl(flash)).toBe('http://box/e/once/');
});

test.each(BOTH)('a $vendor goes through its rules in order, each as the profile before it left it', (rules) => {
  const flash: Flash = new Map([['Profile_Rule', '[--uid a --pwd b]http://a/$MA.xml']]);
  const asked: string[] = [];
  for (const url of rules.files(MAC, flash)) {
    asked.push(url);
    const text = profile(
      '<Profile_Rule>http://b/$$x/$(MAU).xml</Profile_Rule>',
      '<Profile_Rule_B> http://b/$STRANGE\n</Profile_Rule_B>',
    );
    expect(rules.apply('', text, MAC, flash, known)).toBe('applied');
  }
  expect(asked).toEqual([`http://a/${MAC}.xml`, 'http://b/$STRANGE']);
  expect([...rules.files(MAC, flash)][0]).toBe(`http://b/$x/${MAC.toUpperCase()}.xml`);
  expect(rules.apply('', '<flat-profil/>', MAC, flash, known)).toBe('rejected');
});

test.each(BOTH)('a $vendor waits for hours of silence unless told otherwise, and knows its events', (rules) => {
  const flash: Flash = new Map();
  expect(rules.onEvent('resync', flash)).toBe('ignore');
  flash.set('Forced_Resync_Delay', '30');
  expect(['resync', 'reboot_now', 'report', 'reboot=true'].map((event) => rules.onEvent(event, flash))).toEqual([
    'fetch',
    'reboot',
    'ignore',
    null,
  ]);
  flash.set('Resync_From_SIP', 'No');
  expect(rules.onEvent('resync', flash)).toBe('ignore');
});

test('a SPA takes its Auth_ID where it is told to, and no letter outside ASCII; an MPP both', () => {
  const account = (...more: readonly string[]): string =>
    profile(
      '<Line_Enable_1_>Yes</Line_Enable_1_><Proxy_1_>sip.example.net:5080</Proxy_1_><SIP_Transport_1_>TCP</SIP_Transport_1_>',
      '<User_ID_1_>1001</User_ID_1_><Auth_ID_1_>a1001</Auth_ID_1_><Password_1_>k&amp;</Password_1_>',
      '<Display_Name_1_> Ñandú </Display_Name_1_>',
      ...more,
    );
  const seen = (rules: (typeof BOTH)[number], text: string): unknown[] => {
    const flash: Flash = new Map();
    rules.apply('', text, MAC, flash, known);
    return rules.lines(flash).map(({ authUser, displayName, host, port, transport, key }) => {
      return [authUser, displayName, host, port, transport, key];
    });
  };
  const rest = ['sip.example.net', 5080, 'tcp', 'k&'];
  expect(seen(ciscoSpa, account())).toEqual([['1001', '?and?', ...rest]]);
  expect(seen(ciscoSpa, account('<Use_Auth_ID_1_>Yes</Use_Auth_ID_1_>'))).toEqual([['a1001', '?and?', ...rest]]);
  expect(seen(ciscoMpp, account())).toEqual([['a1001', 'Ñandú', ...rest]]);
  expect(seen(ciscoMpp, account('<Register_1_>No</Register_1_>'))).toEqual([]);
});
