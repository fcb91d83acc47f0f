import { expect, test } from 'vitest';
import { fanvilText, fanvilXml } from '../fanvil.ts';

const MAC = '0c383eaabb01';
const NAME = `${MAC}.cfg`;

/** As Wazo and FusionPBX write them, by hand. */
function xml(version: string, more = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<sysConf>
  <Version>${version}</Version>
  <ap><FlashServerIP>http://192.0.2.1:8080</FlashServerIP><FlashFileName>p/t/$mac.cfg</FlashFileName>
  <FlashProtocol>4</FlashProtocol><FlashMode>2</FlashMode></ap>
  <sip>${more}
    <line index="2">
      <PhoneNumber>1001</PhoneNumber><DisplayName>Ana &amp; Co</DisplayName>
      <RegisterAddr>192.0.2.9</RegisterAddr><RegisterPort>5070</RegisterPort><RegisterUser>auth1001</RegisterUser>
      <RegisterPswd>k&lt;1</RegisterPswd><RegisterTTL>90</RegisterTTL><Transport>3</Transport><EnableReg>1</EnableReg>
    </line>
  </sip>
</sysConf>`;
}

/** As the phone exports it. */
function text(version: string, more = ''): string {
  return `<<VOIP CONFIG FILE>>Version:${version}
<SIP CONFIG MODULE>
${more}SIP1 Phone Number  :1001
SIP1 Display Name  :Ana: ventas
SIP1 Register Addr :192.0.2.9
SIP1 Register Pswd :k:1
SIP1 Enable Reg    :1
<AUTOUPDATE CONFIG MODULE>
Download Server IP :192.0.2.1
Config File Name   :p/t/$mac.cfg
Download Protocol  :5
<<END OF FILE>>
`;
}

test('a Fanvil applies a file with a higher version only, from the factory on', () => {
  for (const [rules, written] of [
    [fanvilXml, xml],
    [fanvilText, text],
  ] as const) {
    const [flash, known] = [new Map<string, string>(), new Map<string, string>()];
    const give = (version: string): string => rules.apply(NAME, written(version), MAC, flash, known);
    expect(['1.9999', '2.0000000000', '3.0000000004', '3.0000000004', '3.0000000003'].map(give)).toEqual([
      'skipped',
      'skipped',
      'applied',
      'skipped',
      'skipped',
    ]);
    expect(give('3.0000000010')).toBe('applied');
    expect(rules.apply(NAME, 'account.1.enable = 1\n', MAC, flash, known)).toBe('rejected');
  }
});

test('a Fanvil reads its lines and where it fetches from', () => {
  const flash = new Map<string, string>();
  fanvilXml.apply(NAME, xml('3.0000000001'), MAC, flash, new Map());
  expect(fanvilXml.provisioningUrl(flash)).toBe('http://192.0.2.1:8080/p/t/');
  expect(fanvilXml.lines(flash)).toEqual([
    {
      position: 2,
      user: '1001',
      authUser: 'auth1001',
      key: 'k<1',
      displayName: 'Ana & Co',
      host: '192.0.2.9',
      port: 5070,
      transport: 'tls',
      expiresSeconds: 90,
    },
  ]);
  const old = new Map<string, string>();
  fanvilText.apply(NAME, text('3.0000000001'), MAC, old, new Map());
  expect(fanvilText.provisioningUrl(old)).toBe('https://192.0.2.1/p/t/');
  expect(fanvilText.lines(old)).toMatchObject([
    { position: 1, authUser: '1001', key: 'k:1', displayName: 'Ana: ventas' },
  ]);
});

test('a check-sync restarts a Fanvil until NotifyReboot is 0', () => {
  const flash = new Map<string, string>();
  expect(fanvilXml.onEvent('check-sync;reboot=false', flash)).toBe('reboot');
  fanvilXml.apply(NAME, xml('3.0000000001', '<NotifyReboot>0</NotifyReboot>'), MAC, flash, new Map());
  expect(fanvilXml.onEvent('check-sync;reboot=false', flash)).toBe('fetch');
  expect(fanvilXml.onEvent('check-sync;reboot=true', flash)).toBe('reboot');
  expect(fanvilXml.onEvent('resync', flash)).toBeNull();
  const old = new Map<string, string>();
  fanvilText.apply(NAME, text('3.0000000001', 'Notify Reboot      :0\n'), MAC, old, new Map());
  expect(fanvilText.onEvent('check-sync', old)).toBe('fetch');
});
