import { PHONE_OPTION_CODES } from '../../../schemas/config/agent.ts';
import { phoneOptionName, PHONE_OPTIONS_SET } from '../ownership.ts';
import { ENROLMENT } from './names.ts';
import { apiSsl, indented, none, quoted, some, tell, when } from './script.ts';

export interface Retirement {
  readonly router: string;
  readonly routeros: 6 | 7;
  /** Port of the web proxy in the configuration. */
  readonly proxyPort: number;
  /** The list that the router fills by itself: its rows have no comment of ours. */
  readonly seenList: string;
}

const OURS = 'comment~"^wisp-edge:"';

/**
 * A RouterOS script that takes off what is ours, and nothing else. The order is that of every change: unblock first. The
 * portal list goes after the last row that cuts anybody, and the guard of the proxy's port after the port itself.
 */
export function retireScript({ router, routeros, proxyPort, seenList }: Retirement): string {
  const six = (command: string): readonly string[] => (routeros === 7 ? [command] : onlyWithIpv6(command));
  const lines = [
    `# wisp-edge: takes off router ${router} what is ours, RouterOS ${String(routeros)}. Paste it into a terminal, or /import it.`,
    '# Rows without our comment are not touched. Run twice, or again after a break, it does what is left.',
    '# FIRST stop the agent, or set mode: observe for this router and reload: an agent that is connected keeps its',
    '# session though its user is switched off here, and would write rows again that nobody lifts later.',
    `/user disable [find where ${userOurs()}]`,
    '# Unblock: nobody is cut from here on, and the portal is reachable all the while.',
    `/ip firewall filter remove [find where comment="wisp-edge:jump:forward"]`,
    ...six(`/ipv6 firewall filter remove [find where comment="wisp-edge:jump:forward-v6"]`),
    `/ip firewall nat remove [find where comment="wisp-edge:jump:dstnat"]`,
    `/ip firewall address-list remove [find where comment~"^wisp-edge:cutoff:"]`,
    ...six(`/ipv6 firewall address-list remove [find where comment~"^wisp-edge:cutoff:"]`),
    `/ip firewall address-list remove [find where comment~"^wisp-edge:(notice|once):"]`,
    ...(seenList.startsWith('wisp-edge-')
      ? [`/ip firewall address-list remove [find where list=${quoted(seenList)} dynamic=yes]`]
      : []),
    '# Chains that nothing leads to any more.',
    `/ip firewall nat remove [find where ${OURS}]`,
    '/ip firewall filter remove [find where comment~"^wisp-edge:rule:forward-"]',
    ...six('/ipv6 firewall filter remove [find where comment~"^wisp-edge:rule:forward-"]'),
    ...closeProxy(proxyPort),
    ...removeGuard(proxyPort, six),
    '# The portal list last: nobody needs it now.',
    `/ip firewall address-list remove [find where ${OURS}]`,
    ...six(`/ipv6 firewall address-list remove [find where ${OURS}]`),
    `/ip dns static remove [find where ${OURS}]`,
    ...removePhoneOptions(),
    ...removeEnrolment(routeros, six),
    tell('retired. Rows that were not ours are as they were.'),
    tell('What /ip proxy says (enabled, port, max-cache-size, cache-on-disk) stays as it is now:'),
    tell('nobody remembers what it was. Where nobody else uses it, the settings of RouterOS are:'),
    tell('/ip proxy set port=8080 max-cache-size=unlimited cache-on-disk=no'),
  ];
  return `${lines.join('\n')}\n`;
}

/** A port of ours alone: we switched the proxy on. Somebody else's ports stay; rows that are not ours keep it on. */
function closeProxy(port: number): readonly string[] {
  const own = String(port);
  return [
    '# The web proxy: off where the port is ours alone and nobody else has rows in it; else our port leaves its list.',
    '{',
    ...indented([
      ':local rest ""',
      ':local ours 0',
      ':foreach one in=[:toarray [/ip proxy get port]] do={',
      ...indented([
        ...when(
          `[:tostr $one] = ${quoted(own)}`,
          [':set ours 1'],
          when('$rest = ""', [':set rest $one'], [':set rest ($rest . "," . $one)']),
        ),
      ]),
      '}',
      ...when(['$ours = 1', '$rest != ""'], ['/ip proxy set port=$rest']),
      ...when(['$ours = 1', '$rest = ""', none('/ip proxy access', `!(${OURS})`)], ['/ip proxy set enabled=no']),
    ]),
    '}',
  ];
}

/** While the proxy still answers on our port the guard of that port stays: an open proxy is worse than a row left. */
function removeGuard(port: number, six: (command: string) => readonly string[]): readonly string[] {
  return [
    '{',
    ...indented([
      ':local open 0',
      ...when('[/ip proxy get enabled] = true', [
        ':foreach one in=[:toarray [/ip proxy get port]] do={',
        ...indented(when(`[:tostr $one] = ${quoted(String(port))}`, [':set open 1'])),
        '}',
      ]),
      ...when(
        '$open = 0',
        [
          `/ip proxy access remove [find where ${OURS}]`,
          '/ip firewall filter remove [find where comment="wisp-edge:jump:input"]',
          '/ip firewall filter remove [find where comment~"^wisp-edge:rule:input-"]',
          ...six('/ipv6 firewall filter remove [find where comment="wisp-edge:jump:input-v6"]'),
        ],
        [
          '/ip proxy access remove [find where comment~"^wisp-edge:" comment!="wisp-edge:rule:proxy-deny"]',
          tell(`rows that are not ours use the proxy on port ${String(port)}: it stays on, and so do`),
          tell('the chain wisp-edge-input, its jumps and the last deny, which keep strangers out of it.'),
        ],
      ),
    ]),
    '}',
  ];
}

/** A network lets go of the set before that goes: RouterOS would leave its id there. Nor does an option go that others hold. */
function removePhoneOptions(): readonly string[] {
  const set = `name=${quoted(PHONE_OPTIONS_SET)}`;
  const isFree = (option: string): readonly string[] => [
    none('/ip dhcp-server option sets', `options~${option}`),
    none('/ip dhcp-server network', `dhcp-option~${option}`),
  ];
  return [
    '# What the DHCP server told phones: its networks name no set again, which is what they had.',
    `/ip dhcp-server network set [find where dhcp-option-set=${quoted(PHONE_OPTIONS_SET)}] dhcp-option-set=none`,
    `/ip dhcp-server option sets remove [find where ${set}]`,
    ...PHONE_OPTION_CODES.map(phoneOptionName).flatMap((name) =>
      when(isFree(quoted(name)), [`/ip dhcp-server option remove [find where name=${quoted(name)}]`]),
    ),
    ...when(some('/ip dhcp-server option', `name~"^${PHONE_OPTIONS_SET}-[0-9]"`), [
      tell(`options ${PHONE_OPTIONS_SET}-... stay: a network of yours, or a set, has them too.`),
    ]),
  ];
}

function removeEnrolment(routeros: 6 | 7, six: (command: string) => readonly string[]): readonly string[] {
  const { group, certificate, userWhereApiWasOff, userWhereApiWasOffAndBare, inputRule } = ENROLMENT;
  const service = apiSsl(routeros);
  const set = `/ip service set [find where ${service}]`;
  const ofCertificate = `name=${quoted(certificate)}`;
  return [
    '# What enrolment made: certificate, user, group, and the rule that let the box in.',
    ...when(some('/user', `comment=${quoted(userWhereApiWasOff)}`), [`${set} disabled=yes`]),
    ...when(some('/user', `comment=${quoted(userWhereApiWasOffAndBare)}`), [
      `${set} disabled=yes`,
      `${set} address=""`,
    ]),
    ...when(some('/ip service', `${service} certificate=${quoted(certificate)}`), [`${set} certificate=none`]),
    `/certificate remove [find where ${ofCertificate}]`,
    `/ip firewall filter remove [find where comment=${quoted(inputRule)}]`,
    ...six(`/ipv6 firewall filter remove [find where comment=${quoted(inputRule)}]`),
    `/user remove [find where ${userOurs()}]`,
    ...when(
      none('/user', `group=${quoted(group)}`),
      [`/user group remove [find where name=${quoted(group)}]`],
      [tell(`a user that we did not make is in group ${group}: both stay`)],
    ),
  ];
}

function userOurs(): string {
  return 'comment~"^wisp-edge:user:"';
}

/** RouterOS 6 without the package ipv6 does not know the menu, and a script that names it does not even begin. */
function onlyWithIpv6(command: string): readonly string[] {
  return [':do {', `  :local run [:parse ${quoted(command)}]`, '  $run', '} on-error={}'];
}
