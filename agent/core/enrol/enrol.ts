import type { Address } from '../../../schemas/address.ts';
import { ENROLMENT, policyOf } from './names.ts';
import { apiSsl, none, quoted, some, tell, when } from './script.ts';

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
  /** Gives an api-ssl that is on and has no certificate one of ours; else the script only says how. */
  readonly certificate: boolean;
}

/**
 * A RouterOS script that makes a group and a user, and switches api-ssl on for this box alone, with a certificate. Every
 * command asks first whether its thing is there: run twice it changes nothing, and what it did not make it leaves as it is
 * and says so. A user that an earlier script made gets the password of this one, for the file of the other may be lost. An api-ssl that is on is somebody's: it changes that one only when `certificate` asks for it.
 */
export function enrolScript(enrolment: Enrolment): string {
  const { router, routeros, openInput, certificate } = enrolment;
  const lines = [
    `# wisp-edge: makes router ${router} ready, RouterOS ${String(routeros)}. Paste it into a terminal, or /import it.`,
    certificate
      ? '# It makes what is missing, gives api-ssl a certificate if it has none and our user the password below.'
      : '# It makes what is missing, gives our user the password below, and changes nothing else that is there.',
    '# Run twice it does nothing more.',
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

/** The comments tell `retire` what api-ssl was before: nobody else remembers it. */
function user({ user: name, password, box, router, routeros }: Enrolment): readonly string[] {
  const add = (comment: string): readonly string[] => [
    `/user add name=${quoted(name)} group=${quoted(ENROLMENT.group)} \\`,
    `  address=${hostOf(box)} comment=${quoted(comment)} \\`,
    `  password=${quoted(password)}`,
  ];
  const isMissing = none('/user', `name=${quoted(name)}`);
  const service = apiSsl(routeros);
  const isOff = some('/ip service', `${service} disabled=yes`);
  const isForAll = some('/ip service', isUnlimited(routeros));
  const ours = `name=${quoted(name)} and comment~"^wisp-edge:user:"`;
  return [
    '# A user of our own, from this box only. One that we made before may have a password that is lost.',
    ...when(some('/user', ours), [
      `/user set [find where ${ours}] \\`,
      `  password=${quoted(password)}`,
      tell(`user ${name} was made by wisp-edge before: it has the password of this script now`),
    ]),
    ...when([isMissing, isOff, isForAll], add(ENROLMENT.userWhereApiWasOffAndBare)),
    ...when([isMissing, isOff], add(ENROLMENT.userWhereApiWasOff)),
    ...when(isMissing, add(ENROLMENT.userWhereApiWasOn)),
    ...when(some('/user', `name=${quoted(name)} and !(comment~"^wisp-edge:user:")`), [
      tell(`a user ${name} is there already and was left alone; take another --user for ${router},`),
      tell('or, if it is yours to change, give it the password of this script:'),
      tell(`/user set [find where name=${name}] password=...`),
    ]),
  ];
}

/**
 * Without a certificate api-ssl is anonymous Diffie-Hellman, which authenticates nobody; one that is there is used. One that
 * is off is nobody's yet: it is limited to this box before it is switched on, for 8729 may be open to the WAN.
 */
function apiService({ port, box, routeros, certificate: isAsked }: Enrolment): readonly string[] {
  const { certificate } = ENROLMENT;
  const service = apiSsl(routeros);
  const set = `/ip service set [find where ${service}]`;
  const isBare = some('/ip service', `${service} certificate="none"`);
  const isOff = some('/ip service', `${service} disabled=yes`);
  const mayGive = isAsked ? [isBare] : [isBare, isOff];
  return [
    '# api-ssl: a certificate of our own only where it has none. One that is there stays: pin that one.',
    ...when(
      [...mayGive, none('/certificate', `name=${quoted(certificate)}`)],
      [
        `/certificate add name=${quoted(certificate)} common-name=${quoted(certificate)} days-valid=3650`,
        `/certificate sign ${quoted(certificate)}`,
      ],
    ),
    ...when(mayGive, [`${set} certificate=${quoted(certificate)}`]),
    ...when(isBare, [
      tell('api-ssl is on without a certificate, maybe for somebody: it was left alone.'),
      tell('The agent needs one. Make this script again with --certificate, or do it by hand:'),
      tell(`/certificate add name=${certificate} common-name=${certificate} days-valid=3650`),
      tell(`/certificate sign ${certificate}`),
      tell(`${set} certificate=${certificate}`),
    ]),
    '# Where api-ssl is off it is switched on, for this box alone unless it names addresses already.',
    ...when([isOff, some('/ip service', isUnlimited(routeros))], [`${set} address=${hostOf(box)}`]),
    ...when(isOff, [`${set} disabled=no`]),
    ...when(some('/ip service', `${service} port!=${String(port)}`), [
      tell(`api-ssl is not on port ${String(port)}: put its port into the configuration of wisp-edge`),
    ]),
    ...when(
      some('/ip service', isUnlimited(routeros)),
      [
        tell('api-ssl takes connections from anywhere. Once you know who else uses it:'),
        tell(`${set} address=${hostOf(box)},<your management network>`),
      ],
      [tell(`/ip service lets only some addresses in to api-ssl: ${box.text} must be among them`)],
    ),
  ];
}

/** What `find` looks for: api-ssl as long as it names nobody who alone may come in. */
function isUnlimited(routeros: 6 | 7): string {
  return `${apiSsl(routeros)} address=""`;
}

function hostOf({ text, family }: Address): string {
  return `${text}/${family === 4 ? '32' : '128'}`;
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
