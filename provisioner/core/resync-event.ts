import type { PhoneVendor } from '../../schemas/phone.ts';

/**
 * The Event of a NOTIFY that makes a phone fetch its configuration, without a reboot where the vendor has such an event.
 * Sources: Yealink administrator guide (check-sync; `sip.notify_reboot_enable`), Snom (check-sync;reboot=false),
 * Grandstream SIP Device Provisioning Guide (check-sync); the others as public provisioners send them. The whole value,
 * parameters included, is what phones compare.
 */
export function resyncEventOf(vendor: PhoneVendor): string {
  return EVENTS[vendor];
}

const EVENTS: Readonly<Record<PhoneVendor, string>> = {
  yealink: 'check-sync;reboot=false',
  snom: 'check-sync;reboot=false',
  grandstream: 'check-sync',
  poly: 'check-sync',
  'cisco-spa': 'resync',
  'cisco-mpp': 'resync',
  fanvil: 'check-sync',
  gigaset: 'check-sync;reboot=false',
  htek: 'check-sync',
  mitel: 'check-sync',
  panasonic: 'check-sync',
  akuvox: 'check-sync',
};
