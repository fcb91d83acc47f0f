import type { Address } from '../../../schemas/address.ts';
import { ENROLMENT, policyOf } from './names.ts';
import { none, quoted, some, tell, when } from './script.ts';

export interface Enrolment {
  readonly router: string;
  /** This box, as the router sees it: the only address the user may come from. */
  readonly box: Address;
  readonly user: string;
  readonly password: string;
  /** Port of the router's api-ssl. */
  readonly port: number;
  readonly routeros: 6 | 7;
  readonly openInput: boolean;
}

/**
 * A RouterOS script that makes a group, a user and, if api-ssl has none, a certificate. Every command asks first whether
 * its thing is there: run twice it changes nothing, and what it did not make it leaves as it is and says so.
 */
export function enrolScript(enrolment: Enrolment): string {
  const { router, routeros, openInput } = enrolment;
  const lines = [
    `# wisp-edge: makes router ${router} ready, RouterOS ${String(routeros)}. Paste it into a terminal, or /import it.`,
    '# It makes what is missing, changes nothing that is there, and run twice does nothing more.',
    '# It holds a password: delete it, here and on the router, after it has run.',
    ...group(routeros),
    ...user(enrolment),
    ...apiService(enrolment),
    ...(openInput ? inputRule(enrolment) : []),
    tell('enrolled. Compare the fingerprint before you trust it: /certificate print detail'),
  ];
  return `${lines.join('\n')}\n`;
}

function group(routeros: 6 | 7): readonly string[] {
  const { group: name } = ENROLMENT;
  return [
    '# A group of our own with the least rights; a group of that name that is there already stays as it is.',
    ...when(none('/user group', `name=${quoted(name)}`), [
      `/user group add name=${quoted(name)} \\`,
      `  policy=${policyOf(routeros)}`,
    ]),
  ];
}

/** The two comments tell `retire` what api-ssl was before: nobody else remembers it. */
function user({ user: name, password, box, router }: Enrolment): readonly string[] {
  const add = (comment: string): readonly string[] => [
    `/user add name=${quoted(name)} group=${quoted(ENROLMENT.group)} \\`,
    `  address=${box.text}/${box.family === 4 ? '32' : '128'} comment=${quoted(comment)} \\`,
    `  password=${quoted(password)}`,
  ];
  const isMissing = none('/user', `name=${quoted(name)}`);
  const isOff = some('/ip service', 'name="api-ssl" disabled=yes');
  return [
    '# A user of our own, from this box only.',
    ...when([isMissing, isOff], add(ENROLMENT.userWhereApiWasOff)),
    ...when(isMissing, add(ENROLMENT.userWhereApiWasOn)),
    ...when(some('/user', `name=${quoted(name)} and !(comment~"^wisp-edge:user:")`), [
      tell(`a user ${name} is there already and was left alone; take another --user for ${router}`),
    ]),
  ];
}

/** Without a certificate api-ssl is anonymous Diffie-Hellman, which authenticates nobody; one that is there is used. */
function apiService({ port, box }: Enrolment): readonly string[] {
  const { certificate } = ENROLMENT;
  const isBare = some('/ip service', 'name="api-ssl" certificate="none"');
  return [
    '# api-ssl: a certificate of our own only where it has none. One that is there stays: pin that one.',
    ...when(
      [isBare, none('/certificate', `name=${quoted(certificate)}`)],
      [
        `/certificate add name=${quoted(certificate)} common-name=${quoted(certificate)} days-valid=3650`,
        `/certificate sign ${quoted(certificate)}`,
      ],
    ),
    ...when(isBare, [`/ip service set api-ssl certificate=${quoted(certificate)}`]),
    ...when(some('/ip service', 'name="api-ssl" disabled=yes'), ['/ip service set api-ssl disabled=no']),
    ...when(some('/ip service', `name="api-ssl" port!=${String(port)}`), [
      tell(`api-ssl is not on port ${String(port)}: put its port into the configuration of wisp-edge`),
    ]),
    ...when(some('/ip service', 'name="api-ssl" address!=""'), [
      tell(`/ip service lets only some addresses in to api-ssl: ${box.text} must be among them`),
    ]),
  ];
}

function inputRule({ box, port }: Enrolment): readonly string[] {
  const menu = box.family === 4 ? '/ip firewall filter' : '/ipv6 firewall filter';
  const comment = quoted(ENROLMENT.inputRule);
  const rule = (place: string): readonly string[] => [
    `${menu} add chain=input protocol=tcp src-address=${box.text} dst-port=${String(port)} \\`,
    `  action=accept comment=${comment}${place}`,
  ];
  return [
    '# The box may reach that port: one rule of ours, before the first drop of the input chain.',
    ...when(none(menu, `comment=${comment}`), [
      `:local drops [${menu} find where chain="input" action="drop" disabled=no]`,
      ...when('[:len $drops] = 0', rule(''), rule(' place-before=[:pick $drops 0]')),
    ]),
  ];
}
