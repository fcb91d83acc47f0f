import { doctorEn } from './doctor-en.js';

/** Why an operation is held or failed: what it means, and what to do. The long form is docs/reasons.md. */
export const reasonsEn = {
  brake: {
    what: 'The brake: more changes than its window allows',
    todo: 'Nothing was written. Check that the changes are right, then release the operations by name: POST /v1/routers/{id}/release.',
  },
  'portal-unknown': {
    what: 'No address of the portal is known',
    todo: 'Someone cut off could not reach the page to pay. Mend DNS or agent.portal.resolvers, or give an address in agent.portal.addresses. It goes on by itself.',
  },
  'foreign-row': {
    what: 'A row that is not ours stands in the way',
    todo: 'Remove that row on the router, or take it over (wisp-edge routers claim). Then find out which program wrote it.',
  },
  'duplicate-address': {
    what: 'Two subscribers hold the same address',
    todo: 'Correct the address of one of them: a cut could hit the wrong one.',
  },
  'address-refused': {
    what: 'An address that can be no subscriber’s',
    todo: 'It is loopback, link-local, multicast, too wide, the router’s or its gateway’s, freed by WispHub, or outside of the router’s prefixes. Correct it.',
  },
  'address-in-use': {
    what: 'Somebody else uses the address on the router',
    todo: 'Look at /ppp active and /ip dhcp-server lease, then correct the subscriber’s address, PPP name or MAC. It goes on by itself.',
  },
  'not-online': {
    what: 'The subscriber is not online, and no address is known',
    todo: 'It goes on by itself when he connects. If he is online, compare the spelling of his PPP name or MAC.',
  },
  'empty-snapshot': {
    what: 'The snapshot names nobody',
    todo: 'Send the right snapshot with a higher generation. If the site is really empty, release it.',
  },
  expired: { what: 'Its time went by before it could begin', todo: 'Send it again, if it is still wanted.' },
  'auto-cut-off': {
    what: 'The subscriber is marked: do not cut automatically',
    todo: 'A person decides: set autoCut: true, or restore the subscriber.',
  },
  'auto-notice-off': {
    what: 'The subscriber is marked: no automatic notices',
    todo: 'A person decides: set autoNotice: true, or end the notice.',
  },
  'router-not-managed': {
    what: 'The router is only observed',
    todo: 'Look at wisp-edge plan; when it is what you want, set mode: manage and reload. A router that is taken over from WispHub, or was handed back: wisp-edge adopt ROUTER shows the next step, and mode stays as it is.',
  },
  'router-not-claimed': {
    what: 'The router was not claimed',
    todo: 'wisp-edge adopt ROUTER, then wisp-edge adopt ROUTER --step claim.',
  },
  'wisphub-writes': {
    what: 'WispHub still writes to the router',
    todo: 'Switch off cutting and notices for this router in WispHub’s panel and disable its user; it goes on by itself a day after the last write.',
  },
  'router-degraded': {
    what: 'The rows stand, but the router is not sound',
    todo: 'Mend the findings of the router: each says how. It goes on by itself.',
  },
  'unknown-router': {
    what: 'The configuration does not have this router',
    todo: 'Add it to agent.routers and reload, or correct the subscriber’s router.',
  },
  'unknown-subscriber': { what: 'Nobody knows this subscriber', todo: 'PUT the subscriber first.' },
  'unknown-operation': { what: 'It names operations that wait for nothing', todo: 'Take the ids from the plan.' },
  'central-stale': {
    what: 'The central platform has been silent for too long',
    todo: 'Mend the link to the platform: no new cut starts until then.',
  },
  'cut-outranks': {
    what: 'Another page of higher rank is shown',
    todo: 'Nothing to do: it is shown when the other has ended.',
  },
  'no-ipv4': {
    what: 'The subscriber has no IPv4 address',
    todo: 'On-screen notices need one. Add it, or end the notice.',
  },
  'awaiting-key': {
    what: 'Waiting for the new key',
    todo: 'Change the key at the provider, then give it: wisp-edge rotate key ROTATION NUMBER.',
  },
  'probe-mode-unproven': {
    what: 'It is not proven that a probe is harmless at this registrar',
    todo: 'Try it on a spare extension, then set probeMode of the registrar and reload.',
  },
  'unknown-registrar': {
    what: 'The configuration does not have this registrar',
    todo: 'Add it to provisioner.registrars and reload, or correct the extension.',
  },
  'unknown-extension': { what: 'The extension was deleted meanwhile', todo: 'Nothing, or create it again.' },
  'unknown-phone': { what: 'The phone was deleted meanwhile', todo: 'Nothing, or create it again.' },
  'no-sip-key': { what: 'The extension has no SIP key', todo: 'Give it one, or send the key with the request.' },
  'key-invalid': {
    what: 'The registrar refuses the key',
    todo: 'Compare number, authUser and key with the provider’s portal.',
  },
  'registrar-locked': {
    what: 'The registrar locks us or the extension out',
    todo: 'Ask the provider whether the extension or this box’s address is locked. Nothing is sent for a while.',
  },
  'registrar-unreachable': {
    what: 'The registrar does not answer',
    todo: 'Check the way to it: ping, and the firewall for the port of its uri.',
  },
  'sip-unsupported': {
    what: 'The registrar demands something we do not know',
    todo: 'The evidence has its words: report it with them.',
  },
  'sip-indeterminate': {
    what: 'The connection was lost during the check',
    todo: 'Nothing is known of the key. Ask again.',
  },
  'refusals-spent': {
    what: 'Six refusals within this hour',
    todo: 'More could lock the extension out. It goes on by itself when the hour is over.',
  },
  'phone-not-registered': {
    what: 'The registrar knows no contact of the phone',
    todo: 'Check that the phone has power and network.',
  },
  'phone-silent': {
    what: 'The phone did not fetch its configuration',
    todo: 'See when it was last seen; restart it by hand if need be.',
  },
  'phone-not-served': {
    what: 'A working phone would not get its new lines',
    todo: 'Add the missing registrar and reload, or correct the extension: its line is left as it is until then.',
  },
  'rolled-back': {
    what: 'Rolled back: the new key is wrong',
    todo: 'The phone keeps the old key. Get the right one from the provider and rotate again.',
  },
  'needs-support': {
    what: 'It can neither go on nor back by itself',
    todo: 'Read the evidence of the rotation; set the key right at the provider, restart the phone, then rotate or validate again.',
  },
  cancelled: {
    what: 'A person cancelled it',
    todo: 'Nothing. If the key was changed at the provider already, rotate again.',
  },
};

/** Findings by code: what they mean. The detail and the remedy come from the router’s own rows; see docs/findings.md. */
export const findingsEn = {
  ...doctorEn,
  'router-error': 'The last pass failed',
  'portal-no-ipv4': 'The portal has no IPv4 address',
  'portal-list-full': 'A host has more addresses than the list keeps',
  'write-refused': 'The router refuses a write again and again',
  'menu-missing': 'A menu that is needed is not on this router',
  'menu-absent': 'An optional menu is not on this router',
  'device-mode-proxy': 'device-mode bars the web proxy',
  'device-mode-flagged': 'RouterOS flagged this router',
  'row-inactive': 'Rows of ours have no effect',
  'stranger-in-chain': 'A foreign rule stands in our chain',
  'row-blocked': 'A disabled foreign row keeps an address from being reached',
  brake: 'The brake holds cuts',
  'central-silent': 'Nothing was heard of the central platform for an hour',
  'central-stale': 'The central platform was silent for too long: no new cut starts',
  'subscribers-of-no-router': 'Subscribers of a router that is not configured',
  'reload-refused': 'A new configuration was refused',
  'login-link-expired': 'Login links older than six months',
  orphans: 'Cut-off rows of subscribers nobody knows',
  'rows-of-nobody-yet': 'Rows of ours, and no subscriber of the router is known',
  'foreign-cuts': 'The cut-off list holds rows that are not ours',
  'notice-server-down': 'Our page server does not listen',
  'listener-source-nat': 'Subscribers reach the page server under another address',
  'page-address-shared': 'Two routers lead one address to our page server',
  'proxy-left-on': 'The web proxy is still on',
  'proxy-in-use': 'The web proxy was in use already',
  'portal-unknown': 'No address of the portal is known',
  'portal-stale': 'The portal’s domain was not resolved for an hour',
  'portal-any-target': 'No CNAME target is set for the portal',
  'portal-resolvers-silent': 'No resolver answers for the portal',
  'portal-chain-broken': 'The portal’s domain leads nowhere',
  'portal-chain-outside': 'The portal’s domain leads elsewhere',
  'portal-config-ignored': 'A portal that was sent is in force, not the one in the file',
  'portal-admin-host': 'The portal’s domain leads to a host of the staff',
  'portal-no-alias': 'The portal’s domain is no alias',
  'portal-resolvers-disagree': 'The resolvers do not agree about the portal',
  'portal-awaited': 'Notices wait to lead to another portal',
  'portal-shrunk': 'More than half of the portal’s addresses vanished at once',
  'portal-list-adopted': 'The portal list goes by the router’s own spelling',
  'portal-list-other': 'Rules look at the other spelling of the portal list',
  'garden-unreachable': 'A host of portal or walled garden is not reached',
  'garden-forward-unavailable': 'This RouterOS fills no list from its DNS',
  'garden-forward-taken': 'Another row of the router’s DNS answers for a garden host',
  'garden-forward-refused': 'The router takes no row of its DNS',
  'phone-dhcp-unavailable': 'Phones are told nothing: this router has no DHCP server menu',
  'phone-dhcp-no-network': 'A network where phones are to be told is not there',
  'phone-dhcp-taken': 'A DHCP network has options that are not ours',
  'phone-dhcp-no-server': 'No DHCP server gives leases in a network of phones',
  'phone-dhcp-outranked': 'A DHCP server outranks what its network tells phones',
  'phone-dhcp-refused': 'The DHCP server does not take our options',
  'garden-none-reached': 'No host of the walled garden is reached',
  'garden-dns-closed': 'The router’s DNS answers nobody',
  'garden-dns-brief': 'What the router’s DNS learns leaves the list early',
  'router-down': 'The router does not answer',
  'router-unknown': 'The agent has not reported yet',
  'router-not-converged': 'Something is left to write',
  'provisioner-unknown': 'The provisioner has not reported yet: phones are not served',
  'provisioner-down': 'The provisioner is silent: phones may not be served',
  'sip-not-ready': 'The SIP stack is not ready: keys cannot be checked, phones cannot be told',
};
