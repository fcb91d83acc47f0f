import { ADOPT_EN } from './adopt-messages.ts';
import { counted } from './counted.ts';
import { DESK_EN } from './desk-messages.ts';
import { ERRORS_EN } from './errors-en.ts';
import { HELD_EN } from './held-en.ts';
import type { Messages } from './messages.ts';
import { PHONES_EN } from './phones-en.ts';
import { PORTAL_EN } from './portal-en.ts';
import { SITE_EN } from './site-en.ts';

export const EN: Messages = {
  language: 'en',
  told: (text) => text,
  program: 'Service cut-offs, on-screen notices and IP phones beside MikroTik routers',
  options: {
    config: 'the configuration (default /etc/wisp-edge/config.yaml, then ./config.yaml)',
    lang: 'language of the messages: es | en (default: from LC_ALL or LANG)',
    json: 'print JSON',
    secrets: 'show the pages’ URLs with their tokens; on a terminal only',
    selfTest: 'prove the redirect with rows for this box’s own address, then take them off',
    timeout: 'how long to wait for the agent',
    help: 'show this help',
    db: 'the database to read, where the configuration cannot say it',
    version: 'show the version',
  },
  verbs: {
    init: 'make what is missing: data folder, database, keys; never asks, never overwrites',
    up: 'run everything in one process, in the foreground',
    agent: 'run the agent only',
    provisioner: 'run the provisioner (IP phones) only',
    control: 'run control (the API) only',
    check: 'check the configuration, its secrets and the database',
    plan: 'show the commands that apply would send, as you would type them',
    apply: 'bring the routers to the desired state now, and wait for it',
    doctor: 'look routers over: what is wrong, and the command that mends it',
    status: 'show how routers and phones are',
    version: 'show the version',
    help: 'show help for a verb',
  },
  headings: { 'Usage:': 'Usage:', 'Options:': 'Options:', 'Commands:': 'Verbs:', 'Arguments:': 'Arguments:' },
  help: { options: 'options', verb: 'verb', required: 'required', choices: 'one of', fallback: 'default' },
  exitCodes:
    'Exit codes: 0 done, or accepted for later · 1 failed · 64 wrong usage · 69 unreachable · 70 internal fault · 75 held or busy, try again · 78 configuration',
  labels: { error: 'error', remedy: 'what to do', path: 'at', unnamed: 'an unexpected fault' },
  usage: {
    unknownOption: (text) => `there is no option ${text}`,
    unknownVerb: (text) => `there is no verb ${text}`,
    missingArgument: (text) => `${text} is missing`,
    excessArgument: (text) => `${text} is too much`,
    invalidValue: (text) => `this value is not possible: ${text}`,
    wrongChoice: (text, choices) =>
      `this value is not possible: ${text}${choices === null ? '' : `; possible: ${choices}`}`,
    conflictingOptions: (one, other) => `${one} does not go with ${other}`,
    noVerb: 'name a verb',
    secretsNeedTerminal: '--secrets shows tokens, so it prints to a terminal only',
    missingSection: (section) => `the configuration has no section ${section}`,
  },
  expected: (expected) => {
    switch (expected.kind) {
      case 'choice':
        return expected.options.join(' | ');
      case 'number': {
        const noun = expected.isWhole ? 'a whole number' : 'a number';
        const from = expected.min === null ? '' : ` from ${expected.min}`;
        return `${noun}${from}${expected.max === null ? '' : ` to ${expected.max}`}`;
      }
      case 'text':
        return 'a text';
      case 'boolean':
        return 'true | false';
      case 'list': {
        const { least, most } = expected;
        if (least === null && most === null) return 'a list: [ … ]';
        const bounds = least === null ? `at most ${most}` : most === null ? `at least ${least}` : `${least} to ${most}`;
        return `a list of ${bounds} entries: [ … ]`;
      }
      case 'section':
        return 'a section: { … }';
      case 'example':
        return `${expected.example} (an example)`;
      case 'form':
        return expected.form;
    }
  },
  fault: (fault) => {
    switch (fault.kind) {
      case 'syntax':
        return {
          wrong: `this is no valid YAML or JSON: ${fault.detail}`,
          instead: 'Correct the indentation, quotes or repeated key here.',
        };
      case 'too-large':
        return { wrong: `the file is larger than ${fault.limitBytes} bytes`, instead: 'Name another file.' };
      case 'unknown-key':
        return {
          wrong: `there is no key ${fault.key}`,
          instead: fault.nearest === null ? `Possible here: ${fault.known.join(', ')}.` : `Write ${fault.nearest}?`,
        };
      case 'missing-key':
        return {
          wrong: `the key ${fault.key} is missing`,
          instead: `Write ${fault.key}: ${EN.expected(fault.expected)}`,
        };
      case 'wrong-value':
        return { wrong: `${fault.got} does not fit`, instead: `Write ${EN.expected(fault.expected)}` };
      case 'duplicate-router':
        return { wrong: `two routers are called ${fault.id}`, instead: 'Give each router an id of its own.' };
      case 'duplicate-token':
        return { wrong: `two tokens are called ${fault.name}`, instead: 'Give each token a name of its own.' };
      case 'duplicate-registrar':
        return { wrong: `two registrars are called ${fault.id}`, instead: 'Give each registrar an id of its own.' };
      case 'bad-registrar':
        return fault.key === 'uri'
          ? {
              wrong: `${JSON.stringify(fault.value)} is no SIP URI that can be sent to`,
              instead: 'Write sip:HOST:PORT;transport=udp, tcp or tls; or sips:HOST:PORT',
            }
          : { wrong: `${JSON.stringify(fault.value)} is no domain`, instead: 'Write HOST or HOST:PORT' };
      case 'tls-without-https':
        return {
          wrong: `provisioner.tls is there, but ${fault.url} is not https`,
          instead: 'Write publicUrl: https://…, or leave tls out',
        };
      case 'unknown-bundle':
        return {
          wrong: `there is no bundle ${fault.name}, and a host name has a dot`,
          instead: `${fault.nearest === null ? '' : `Did you mean ${fault.nearest}? `}Bundles: ${fault.known.join(', ')}.`,
        };
      case 'duplicate-bundle':
        return {
          wrong: `the bundle ${fault.name} is in ${fault.other} already`,
          instead: 'Give each bundle a name of its own, or take one of the two files away.',
        };
      case 'duplicate-list':
        return {
          wrong: `${fault.list} is the name of agent.lists.${fault.other} already`,
          instead: 'Give each address-list a name of its own.',
        };
      case 'unknown-placeholder':
        return {
          wrong: `nothing is filled in for ${fault.placeholder}`,
          instead: `Possible here: ${fault.known.join(', ')}.`,
        };
      case 'listen-without-tls':
        return {
          wrong: `${fault.host} is not loopback, and control.tls is missing`,
          instead: 'Write 127.0.0.1, or set control.tls: { certificate: FILE, key: { file: FILE } }',
        };
      case 'plain-http':
        return {
          wrong: `${fault.url} is plain HTTP outside of this box`,
          instead: 'Write https://…, or add plainHttp: allowed',
        };
      case 'central-incomplete':
        return {
          wrong: `kind: ${fault.central} needs ${fault.key}`,
          instead: fault.key === 'url' ? 'Write url: https://… or wss://…' : 'Write key: { file: PATH }',
        };
      case 'bad-cron':
        return {
          wrong: `${JSON.stringify(fault.value)} is no cron line`,
          instead: 'Write minute hour day month weekday, e.g. "30 3 * * *", or false',
        };
      case 'bad-time-zone':
        return {
          wrong: `this box knows no time zone ${fault.value}`,
          instead: 'Write an IANA name, e.g. America/Lima',
        };
      case 'bad-address':
        return { wrong: `${JSON.stringify(fault.value)} is no address`, instead: `Write ${fault.form}` };
      case 'url-of-one-phone':
        return {
          wrong: 'that URL has the token of one phone, and a network would tell it to all',
          instead: 'Leave url out; for one phone alone: wisp-edge phones enrol MAC --dhcp routeros',
        };
      case 'notice-server-missing':
        return {
          wrong: `router ${fault.router} uses notice-server, and agent.notices.server is missing`,
          instead: 'Write server: { listen: { host: <IPv4 address of this box>, port: 8480 } }, or use web-proxy.',
        };
      case 'notice-server-address':
        return {
          wrong: `no router can lead subscribers to ${JSON.stringify(fault.value)}`,
          instead:
            'Write as agent.notices.server.address the IPv4 address of this box that routers and subscribers reach.',
        };
    }
  },
  init: { made: (what) => `made: ${what}`, nothingMissing: 'nothing was missing' },
  check: {
    good: (what) => `good: ${what}`,
    config: (file) => `the configuration ${file}`,
    secret: (where) => `the secret of ${where}`,
    file: (where) => `the file of ${where}`,
    store: (file) => `the database ${file}`,
    key: (daemon) => `the key of ${daemon}`,
    storeMissing: 'there is no database yet',
    allGood: 'all is good',
    problems: (count) => `${count} to mend`,
  },
  plan: {
    router: (router, at, mode) => `${router} (${mode === null ? '' : `mode ${mode}, `}${at})`,
    nothing: 'nothing to do',
    nothingSent: 'nothing is sent',
    notSent: (mode) => `of what mode manage would write, this is not sent in mode ${mode}:`,
    done: (router) => `${router}: this was done`,
    held: (subject, reason, detail) => `held: ${subject}: ${reason} (${detail})`,
    finding: (severity, detail) => `${severity}: ${detail}`,
    none: (router) => `${router}: the agent has made no plan yet`,
    stored: (router, at) => `${router}: the running agent’s plan, by what it read at ${at}`,
    notReadSince: (router, at) =>
      at === null
        ? `${router}: the router could not be read yet`
        : `${router}: since ${at} the router could not be read, what it needs now may be something else`,
    otherFile: (router) =>
      `${router}: this plan was made by another configuration than the file’s. The agent takes the file when it is reloaded (SIGHUP), and writes then; to see first what it will write, reload with \`mode: observe\` for this router, or stop the agent and run \`wisp-edge plan\``,
    urls: 'pages with their tokens:',
  },
  apply: {
    asked: (router) => `${router}: the running agent was asked`,
    outcome: (router, state, reason) => `${router}: ${state}${reason === null ? '' : ` (${reason})`}`,
    timeout: (router, seconds) => `${router}: not done after ${seconds} s; the agent goes on`,
    left: (router, steps) => `${router}: ${counted(steps, 'step is', 'steps are')} left`,
    done: (router) => `${router}: nothing left to do`,
  },
  doctor: {
    head: (router, version, at) => `${router}  RouterOS ${version ?? '?'}  (${at})`,
    site: (at) => `the walled garden, as this box reaches it  (${at})`,
    severities: { error: 'ERROR', warning: 'warning', info: 'info' },
    sum: (errors, warnings, infos) =>
      errors + warnings + infos === 0
        ? 'nothing to mend'
        : `${counted(errors, 'error', 'errors')}, ${counted(warnings, 'warning', 'warnings')}, ${infos} good to know`,
  },
  status: {
    broken: (file, at, runs) =>
      `ERROR: ${file}${at === null ? '' : `, as written at ${at},`} is broken: ${runs !== null ? `the running agent goes on with the configuration that it read before${runs.since === null ? '' : ` (since ${runs.since})`}, and would not start again with this one` : 'no daemon can start with it'}`,
    agentRuns: (runs) => (runs ? 'the agent runs' : 'the agent does not run'),
    counts: (subscribers, cut, notices) =>
      `${counted(subscribers, 'subscriber', 'subscribers')}, ${cut} with a cut-off asked for, ${counted(notices, 'notice', 'notices')}`,
    generation: (generation) => (generation === null ? 'no snapshot yet' : `generation ${generation}`),
    held: (count) => `${counted(count, 'operation is', 'operations are')} held`,
    phones: (runs, phones, registered, rotations) =>
      `the provisioner ${runs ? 'runs' : 'does not run'}: ${counted(phones, 'phone', 'phones')}, ${registered} registered, ${counted(rotations, 'rotation', 'rotations')} open`,
    notServed: (count, mac, line, detail) =>
      `${counted(count, 'phone', 'phones')} not served as wanted, e.g. ${mac}${line === null ? '' : ` line ${line}`}: ${detail}`,
    sipNotReady: (detail) => `SIP cannot be sent${detail === null ? '' : `: ${detail}`}`,
    legacyTls: (url) => `old phones may come by legacy TLS to ${url}: what they fetch there is not safe on the way`,
    neverSeen: (router) => `${router}: not seen yet`,
    router: (router, mode, connection, howFar, open) => {
      const words = {
        asDesired: 'as desired',
        butHeld: 'as desired but for what is held',
        butPaid: 'NOT as desired: somebody paid and is still cut',
        notYet: 'not yet as desired',
      };
      return `${router} (${mode}): ${connection}, ${words[howFar]}, ${open}`;
    },
    open: (pending, held) => `${pending} pending, ${held} held`,
    notSent: (steps, mode, router) =>
      `${counted(steps, 'step', 'steps')} of what is wanted not written, for the router is in mode ${mode}: wisp-edge plan ${router}`,
    lastSeen: (at) => (at === null ? 'never seen' : `last seen ${at}`),
    words: { up: 'connected', down: 'not connected', unknown: 'not tried yet' },
  },
  desk: DESK_EN,
  phones: PHONES_EN,
  site: SITE_EN,
  held: HELD_EN,
  adopt: ADOPT_EN,
  portal: PORTAL_EN,
  denied: (path) => ({
    what: `this user may not use ${path}`,
    remedy: `Run this as the user it belongs to (ls -ld ${path}), e.g. runuser -u wisp-edge -- wisp-edge …, or give it to this user.`,
  }),
  errors: ERRORS_EN,
};
