import { applyProfile, fileByRule, linesIn, onResync, placeOf, urlsOf } from './flat-profile.ts';
import type { VendorRules } from './vendor.ts';

const LINES = 10;

/**
 * Cisco 8841 with MPP firmware: `Cisco/CP-8841-3PCC/<mac>.cfg` from the factory, then what its Profile_Rules say, one after
 * the other. `resync` is its event; it asks who sends it. Source: 8800 MPP guide 11.3.
 */
export const ciscoMpp: VendorRules = {
  vendor: 'cisco-mpp',
  model: '8841',
  challengesNotify: true,
  userAgent: (mac) => `Cisco-CP-8841-3PCC/11.3.1 ${mac === null ? '' : `(${mac})`}`.trim(),
  typed(url, flash) {
    flash.set('Profile_Rule', `${url}$MA.xml`);
  },
  files: (mac, flash) => urlsOf(flash, mac, [`Cisco/CP-8841-3PCC/${mac}.cfg`]),
  decrypted: (answer, asked, mac, flash) => fileByRule(answer, asked, mac, flash, true),
  apply: (_file, text, _mac, flash) => applyProfile(text, flash),
  provisioningUrl: placeOf,
  movesLater: true,
  lines: (flash) => linesIn(flash, LINES, true),
  onEvent(event, flash) {
    if (/^resync$/i.test(event)) return onResync(flash);
    if (/^(reboot_now|restart_now)$/i.test(event)) return 'reboot';
    return /^report$/i.test(event) ? 'ignore' : null;
  },
  fetchesAtStart: (flash) => flash.get('Resync_On_Reset') !== 'No',
};
