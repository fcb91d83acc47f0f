import { lineLimit } from '../../../schemas/phone-formats/refusal.ts';
import { flatProfileFile } from './flat-profile.ts';
import type { VendorFormat } from './model.ts';

/**
 * Cisco MPP (6800, 7800 and 8800 series with 3PCC firmware): from the factory it asks for `Cisco/CP-<model>-3PCC/<mac>.cfg`;
 * once a `Profile_Rule` is set, by hand or by DHCP, for what that says and nothing else. Source: 8800 MPP guide 11.3;
 * requests as in Wazo's wazo_cisco_sip.
 */
export const ciscoMpp: VendorFormat = {
  dialect: 'cisco-mpp',
  lines: lineLimit('cisco-mpp'),
  files: [flatProfileFile('cisco-mpp')],
  asksFor: (mac) => [`Cisco/CP-*-3PCC/${mac}.cfg`, `${mac}.xml`],
  resyncEvent: 'resync',
  credentialsIn: 'Profile_Rule = [--uid USER --pwd PASSWORD]https://…/c/$MA.xml',
  capabilities: {
    account: { is: true, standing: 'proven', source: 'FusionPBX 8841; Wazo wazo_cisco_sip v12_0_7' },
    clears: { is: true, standing: 'documented', source: '6800 MPP provisioning guide p. 13: an empty element empties' },
    takesCredentials: { is: true, standing: 'proven', source: 'FusionPBX 8841: --uid and --pwd of a Profile_Rule' },
    keepsHome: { is: true, standing: 'proven', source: 'Wazo wazo_cisco_sip: Profile_Rule_B and C with $MA' },
    polls: { is: true, standing: 'documented', source: '6800 MPP guide p. 182: Resync_Periodic, in seconds' },
    resyncs: { is: true, standing: 'documented', source: '6800 MPP guide p. 182: Resync From SIP, Event: resync' },
    challengesNotify: {
      is: true,
      standing: 'inferred',
      source: 'FusionPBX 8841: Auth_Resync-Reboot; XML-Service p. 55',
    },
    skipsKnown: { is: false, standing: 'inferred', source: 'no guide says that it does' },
    localOutranks: { is: false, standing: 'inferred', source: 'what a profile names, it sets; ua="na" locks it' },
  },
  encryptedFiles: {
    reads: {
      is: true,
      standing: 'documented',
      source:
        '8800 MPP guide pp. 102 and 105: RFC 8188, and openssl enc with --key, which is all that the 6800 guide of 2017 (p. 22) knows; that the digest is MD5 follows from its openssl-0.9.7c',
    },
    learnsKey: {
      is: true,
      standing: 'documented',
      source:
        '8800 MPP guide p. 105: IKM_HTTP_Encrypt_Content in a configuration file; its text taken as octets is inferred',
    },
    readsPlain: {
      is: true,
      standing: 'inferred',
      source: 'a Profile_Rule without --key says so; without Content-Encoding a file is not RFC 8188',
    },
    notices: { is: true, standing: 'documented', source: 'RFC 8188 §4.2: AES-GCM; not with fileCipher aes-256-cbc' },
  },
};
