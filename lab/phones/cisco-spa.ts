import { applyProfile, fileByRule, linesIn, onResync, placeOf, urlsOf } from './flat-profile.ts';
import type { VendorRules } from './vendor.ts';

const LINES = 4;

/**
 * Cisco SPA504G: `/spa504G.cfg` from the factory, then what its Profile_Rules say, one after the other. It knows ASCII
 * only, wants an Auth_ID switched on, and asks who sends a NOTIFY by the line's own key. Source: SPA500 guides.
 */
export const ciscoSpa: VendorRules = {
  vendor: 'cisco-spa',
  model: 'SPA504G',
  challengesNotify: true,
  userAgent: (mac) => `Cisco/SPA504G-7.5.5 ${mac === null ? '' : `(${mac.toUpperCase()})`}(CBT141400UK)`,
  typed(url, flash) {
    flash.set('Profile_Rule', `${url}$MA.xml`);
  },
  files: (mac, flash) => urlsOf(flash, mac, ['spa504G.cfg']),
  decrypted: (answer, asked, mac, flash) => fileByRule(answer, asked, mac, flash, false),
  apply: (_file, text, _mac, flash) => applyProfile(text.replace(/[^\n\r\t\x20-\x7e]/g, '?'), flash),
  provisioningUrl: placeOf,
  movesLater: true,
  lines: (flash) => linesIn(flash, LINES, false),
  onEvent(event, flash) {
    if (/^(resync|check-sync)$/i.test(event)) return onResync(flash);
    if (/^(reboot_now|restart_now)$/i.test(event)) return 'reboot';
    return /^report$/i.test(event) ? 'ignore' : null;
  },
  fetchesAtStart: (flash) => flash.get('Resync_On_Reset') !== 'No',
};
