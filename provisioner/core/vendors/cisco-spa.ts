import { lineLimit } from '../../../schemas/phone-formats/refusal.ts';
import { flatProfileFile } from './flat-profile.ts';
import type { VendorFormat } from './model.ts';

/**
 * Cisco SPA (300 and 500 series, and Linksys before them): from the factory it asks for `spa<model>.cfg`, some for
 * `init.cfg`; once a `Profile_Rule` is set, by hand or as the value of DHCP option 66, for what that says and nothing else.
 * Source: SPA901 provisioning guide; requests as in Wazo's wazo_cisco_spa.
 */
export const ciscoSpa: VendorFormat = {
  dialect: 'cisco-spa',
  lines: lineLimit('cisco-spa'),
  files: [flatProfileFile('cisco-spa')],
  asksFor: (mac) => ['spa*.cfg', 'init.cfg', `${mac}.xml`],
  resyncEvent: 'resync',
  credentialsIn: 'Profile_Rule = [--uid USER --pwd PASSWORD]https://…/c/$MA.xml',
  capabilities: {
    account: { is: true, standing: 'proven', source: 'FusionPBX spa504g; Wazo wazo_cisco_spa' },
    clears: { is: true, standing: 'documented', source: 'SPA901 provisioning guide p. 29: an empty element empties' },
    takesCredentials: {
      is: true,
      standing: 'documented',
      source: 'SPA2102 guide p. 65: --uid and --pwd of a Profile_Rule',
    },
    keepsHome: { is: true, standing: 'proven', source: 'Wazo wazo_cisco_spa: Profile_Rule_B and C with $MA' },
    polls: { is: true, standing: 'documented', source: 'SPA112 guide p. 61: Resync_Periodic, in seconds' },
    resyncs: { is: true, standing: 'documented', source: 'SPA112 guide p. 63: Resync_From_SIP, once it is idle' },
    challengesNotify: { is: true, standing: 'documented', source: 'SPA9x2 guide p. 98: Auth Resync-Reboot, yes' },
    skipsKnown: { is: false, standing: 'inferred', source: 'no guide says that it does' },
    localOutranks: { is: false, standing: 'inferred', source: 'what a profile names, it sets; ua="na" locks it' },
  },
  encryptedFiles: {
    reads: {
      is: true,
      standing: 'documented',
      source:
        'SPA901 provisioning guide p. 35: AES-256-CBC as openssl enc; that its digest is MD5 follows from its openssl-0.9.7c',
    },
    learnsKey: {
      is: true,
      standing: 'documented',
      source: 'SPA901 provisioning guide p. 35: --key in a Profile_Rule, which a profile may set',
    },
    readsPlain: {
      is: true,
      standing: 'inferred',
      source: 'the key stands in the rule itself: a rule without it asks for a plain file',
    },
    notices: { is: false, standing: 'inferred', source: 'CBC has no tag; XML that is spoilt is refused' },
  },
};
