import { aes128gcmDecrypted, opensslDecrypted } from './encrypted.ts';
import { hostAndPort, type Applied, type Flash, type LabAnswer, type LabLine } from './vendor.ts';
import { child, parseXml, type Element } from './xml.ts';

/** Cisco's flat-profile and Profile_Rules as its phones take them (SPA901 provisioning guide pp. 29–42). */

const RULES = ['Profile_Rule', 'Profile_Rule_B', 'Profile_Rule_C', 'Profile_Rule_D'];

/** Stores what a profile says: blanks at the ends cut off, line breaks as blanks, unknown names and all. */
export function applyProfile(text: string, flash: Flash): Applied {
  const profile = profileIn(parseXml(text));
  if (profile === null) return 'rejected';
  for (const { name, text: value } of profile.children) flash.set(name, value.replace(/[\r\n]+/g, ' ').trim());
  return 'applied';
}

/** It may stand within others of any name. */
function profileIn(element: Element | null): Element | null {
  if (element === null || element.name === 'flat-profile') return element;
  return child(element, 'flat-profile') ?? element.children.map(profileIn).find((each) => each !== null) ?? null;
}

/** The URLs that the rules lead to, each read when the one before it was applied; `factory` while there is no rule. */
export function* urlsOf(flash: Flash, mac: string, factory: readonly string[]): Generator<string> {
  if (!flash.has('Profile_Rule')) {
    yield* factory;
    return;
  }
  for (const name of RULES) {
    const rule = flash.get(name) ?? '';
    // A # at its beginning comments it out.
    if (rule !== '' && !rule.startsWith('#')) yield expanded(rule, mac);
  }
}

/**
 * A file by the rule that it was asked for by: `aes128gcm` where its header says so and the phone has an IKM for it, else what
 * `--key` of that rule decrypts; a rule without one has plain files (8800 MPP guide p. 105, SPA901 provisioning guide p. 35).
 */
export function fileByRule(
  { body, contentEncoding }: LabAnswer,
  asked: string,
  mac: string,
  flash: Flash,
  takesContentCoding: boolean,
): Buffer | null {
  if (contentEncoding !== null) {
    const isKnown = takesContentCoding && contentEncoding === 'aes128gcm';
    return isKnown ? aes128gcmDecrypted(body, flash.get('IKM_HTTP_Encrypt_Content') ?? '') : null;
  }
  const rule = RULES.map((name) => flash.get(name) ?? '').find((each) => expanded(each, mac) === asked) ?? '';
  const key = /^\[\s*--key\s+"?([^"\]\s]*)"?\s*\]/.exec(rule)?.[1];
  return key === undefined ? body : opensslDecrypted(body, key);
}

/** The place of the first rule, without the file. */
export function placeOf(flash: Flash): string | null {
  const url = expanded(flash.get('Profile_Rule') ?? '', '');
  return url === '' ? null : url.slice(0, url.lastIndexOf('/') + 1);
}

/** Macros are replaced once, from left to right; a name that is none stays. */
function expanded(rule: string, mac: string): string {
  return rule.replace(/^\[[^\]]*\]\s*/, '').replace(/\$(\$|\(?(?:MAU|MA)\)?)/g, (_macro, what: string) => {
    if (what === '$') return '$';
    return what.includes('MAU') ? mac.toUpperCase() : mac;
  });
}

/** Its lines. `takesAuthId`: whether a line that does not say so authenticates by its Auth_ID. */
export function linesIn(flash: Flash, count: number, takesAuthId: boolean): readonly LabLine[] {
  return Array.from({ length: count }, (_, at) => at + 1).flatMap((position): LabLine[] => {
    const value = (name: string): string => flash.get(`${name}_${position}_`) ?? '';
    const { host, port } = hostAndPort(value('Proxy'));
    const user = value('User_ID');
    if (value('Line_Enable') !== 'Yes' || value('Register') === 'No' || user === '' || host === '') return [];
    const usesAuthId = takesAuthId || value('Use_Auth_ID') === 'Yes';
    const transport = value('SIP_Transport').toLowerCase();
    return [
      {
        position,
        user,
        host,
        port,
        key: value('Password'),
        authUser: usesAuthId && value('Auth_ID') !== '' ? value('Auth_ID') : user,
        displayName: value('Display_Name'),
        transport: transport === 'tcp' || transport === 'tls' ? transport : 'udp',
        expiresSeconds: Number(value('Register_Expires') === '' ? '3600' : value('Register_Expires')),
      },
    ];
  });
}

/** Longest idleness that the lab waits for, which is none: a phone that wants more does nothing here. */
const PATIENCE_SECONDS = 60;

/** `resync` fetches once the phone was idle for so long, which from the factory is four hours. */
export function onResync(flash: Flash): 'fetch' | 'ignore' {
  if (flash.get('Resync_From_SIP') === 'No') return 'ignore';
  return Number(flash.get('Forced_Resync_Delay') ?? '14400') > PATIENCE_SECONDS ? 'ignore' : 'fetch';
}
