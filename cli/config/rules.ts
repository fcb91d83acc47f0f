import { isIP } from 'node:net';
import { validate as isCronLine } from 'node-cron';
import { Compile } from 'typebox/compile';
import { registrarOf } from '../../provisioner/core/registrar.ts';
import { contains, parseAddress, refuseAddress } from '../../schemas/address.ts';
import type { AgentConfig, ListNames } from '../../schemas/config/agent.ts';
import type { Config } from '../../schemas/config/config.ts';
import type { ProvisionerConfig } from '../../schemas/config/provisioner.ts';
import { HostName } from '../../schemas/portal.ts';
import type { ConfigProblem } from './fault.ts';
import { phoneDhcpProblems } from './phone-dhcp.ts';
import type { ConfigSource } from './source.ts';

const HOST = Compile(HostName);
const LIST_KEYS = ['cutoff', 'notice', 'portal', 'always', 'once', 'seen'] as const;
/** What the agent fills in (agent/core/desired/notice-url.ts). */
const PLACEHOLDERS = ['{domain}', '{kind}', '{subscriber}'];

/** What no schema can say: rules between keys, and texts that must be addresses. */
export function ruleProblems(source: ConfigSource, { control, agent, provisioner }: Config): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = agent === undefined ? [] : [...agentProblems(source, agent)];
  for (const [at, router] of (agent?.routers ?? []).entries())
    problems.push(...phoneDhcpProblems(source, router, at, provisioner !== undefined));
  if (control !== undefined) {
    const { listen, tls, central, tokens } = control;
    const names = tokens.map(({ name }) => name);
    for (const [at, name] of names.entries()) {
      if (names.indexOf(name) === at) continue;
      problems.push(source.problem(['control', 'tokens', String(at), 'name'], { kind: 'duplicate-token', name }));
    }
    if (tls === undefined && !isLoopback(listen.host)) {
      const fault = { kind: 'listen-without-tls', host: listen.host } as const;
      problems.push(source.problem(['control', 'listen', 'host'], fault));
    }
    if (central.kind !== 'none') {
      for (const key of ['url', 'key'] as const) {
        if (central[key] !== undefined) continue;
        const fault = { kind: 'central-incomplete', central: central.kind, key } as const;
        problems.push(source.problem(['control', 'central'], fault));
      }
    }
  }
  if (provisioner !== undefined) problems.push(...provisionerProblems(source, provisioner));
  return problems;
}

function* provisionerProblems(
  source: ConfigSource,
  { publicUrl, plainHttp, tls, legacyTls, pnp, registrars }: ProvisionerConfig,
): Iterable<ConfigProblem> {
  const url = URL.canParse(publicUrl) ? new URL(publicUrl) : null;
  if (url === null || `${url.username}${url.password}${url.search}${url.hash}` !== '' || /[?#@]/.test(publicUrl)) {
    // Tokens and file names are appended: with a query they would end in it, and a user part is no way to let phones in.
    const value = publicUrl.replace(/\/\/[^/]*@/, '//…@');
    const fault = { kind: 'bad-address', value, form: 'https://host[:port][/path]' } as const;
    yield source.problem(['provisioner', 'publicUrl'], fault);
  } else if (url.protocol === 'http:' && tls !== undefined) {
    yield source.problem(['provisioner', 'publicUrl'], { kind: 'tls-without-https', url: publicUrl });
  } else if (url.protocol === 'http:' && plainHttp === undefined && !isLoopback(url.hostname)) {
    yield source.problem(['provisioner', 'publicUrl'], { kind: 'plain-http', url: publicUrl });
  }
  if (legacyTls !== undefined && !isOneAddress(legacyTls.listen.host)) {
    const fault = { kind: 'bad-address', value: legacyTls.listen.host, form: 'ip (≠ 0.0.0.0, ::)' } as const;
    yield source.problem(['provisioner', 'legacyTls', 'listen', 'host'], fault);
  }
  if (pnp !== undefined && !isOwnIPv4(pnp.address)) {
    const fault = { kind: 'bad-address', value: pnp.address, form: 'ip (IPv4)' } as const;
    yield source.problem(['provisioner', 'pnp', 'address'], fault);
  }
  const ids = new Set<string>();
  for (const [at, registrar] of registrars.entries()) {
    const { id, uri } = registrar;
    const place = ['provisioner', 'registrars', String(at)];
    if (ids.has(id)) yield source.problem([...place, 'id'], { kind: 'duplicate-registrar', id });
    ids.add(id);
    if (registrarOf(registrar) !== null) continue;
    // A domain that is surely good tells whose fault it is.
    const key = registrarOf({ id, uri, domain: 'example.net' }) === null ? 'uri' : 'domain';
    yield source.problem([...place, key], { kind: 'bad-registrar', key, value: registrar[key] });
  }
}

function* agentProblems(
  source: ConfigSource,
  { routers, portal, alwaysReachable, lists, notices, doctor }: AgentConfig,
): Iterable<ConfigProblem> {
  const ids = new Set<string>();
  for (const [at, { id, host, prefixes = [] }] of routers.entries()) {
    if (ids.has(id)) yield source.problem(['agent', 'routers', String(at), 'id'], { kind: 'duplicate-router', id });
    ids.add(id);
    for (const [nth, value] of prefixes.entries()) {
      if (parseAddress(value) !== null) continue;
      const place = ['agent', 'routers', String(at), 'prefixes', String(nth)];
      yield source.problem(place, { kind: 'bad-address', value, form: 'prefix' });
    }
    if (isHost(host)) continue;
    const fault = { kind: 'bad-address', value: host, form: 'ip | host' } as const;
    yield source.problem(['agent', 'routers', String(at), 'host'], fault);
  }
  yield* listProblems(source, lists);
  for (const [at, { portalList: list }] of routers.entries()) {
    const other = LIST_KEYS.find((key) => key !== 'portal' && lists[key] === list);
    const place = ['agent', 'routers', String(at), 'portalList'];
    if (list !== undefined && other !== undefined) yield source.problem(place, { kind: 'duplicate-list', list, other });
  }
  yield* noticeServerProblems(source, notices, routers);
  const { at: line, timeZone } = doctor;
  if (line !== false && (line.trim().split(/\s+/).length !== 5 || !isCronLine(line)))
    yield source.problem(['agent', 'doctor', 'at'], { kind: 'bad-cron', value: line });
  if (timeZone !== undefined && !isTimeZone(timeZone))
    yield source.problem(['agent', 'doctor', 'timeZone'], { kind: 'bad-time-zone', value: timeZone });
  for (const placeholder of new Set(notices.url.match(/\{[^}]*\}/g) ?? [])) {
    if (PLACEHOLDERS.includes(placeholder)) continue;
    const fault = { kind: 'unknown-placeholder', placeholder, known: PLACEHOLDERS } as const;
    yield source.problem(['agent', 'notices', 'url'], fault);
  }
  for (const [at, value] of portal.addresses.entries()) {
    if (parseAddress(value) !== null) continue;
    yield source.problem(['agent', 'portal', 'addresses', String(at)], {
      kind: 'bad-address',
      value,
      form: 'ip | prefix',
    });
  }
  for (const [at, value] of portal.resolvers.entries()) {
    if (isResolver(value)) continue;
    const fault = { kind: 'bad-address', value, form: 'ip | ip:port | [ip6]:port' } as const;
    yield source.problem(['agent', 'portal', 'resolvers', String(at)], fault);
  }
  const { gardenForward } = portal;
  if (typeof gardenForward === 'string' && isIP(gardenForward) === 0)
    yield source.problem(['agent', 'portal', 'gardenForward'], {
      kind: 'bad-address',
      value: gardenForward,
      form: 'true | false | ip',
    });
  for (const [at, value] of alwaysReachable.entries()) {
    if (parseAddress(value) !== null || isHost(value)) continue;
    const fault = { kind: 'bad-address', value, form: 'ip | prefix | host' } as const;
    yield source.problem(['agent', 'alwaysReachable', String(at)], fault);
  }
}

/** Routers can only be told to lead port 80 to a listener that is configured, at an address that is one to them. */
function* noticeServerProblems(
  source: ConfigSource,
  { backend, server }: AgentConfig['notices'],
  routers: AgentConfig['routers'],
): Iterable<ConfigProblem> {
  const user = routers.find((router) => (router.backend ?? backend) === 'notice-server');
  if (server === undefined) {
    const fault = { kind: 'notice-server-missing', router: user?.id ?? '' } as const;
    if (user !== undefined) yield source.problem(['agent', 'notices'], fault);
    return;
  }
  const { listen, address } = server;
  if (isIP(listen.host) !== 4) {
    const fault = { kind: 'bad-address', value: listen.host, form: 'ip (IPv4)' } as const;
    yield source.problem(['agent', 'notices', 'server', 'listen', 'host'], fault);
  } else if (!isUnicast(address ?? listen.host)) {
    const place = address === undefined ? ['listen', 'host'] : ['address'];
    const fault = { kind: 'notice-server-address', value: address ?? listen.host } as const;
    yield source.problem(['agent', 'notices', 'server', ...place], fault);
  }
}

/** An address that one interface has: not a name, which may come to mean another one, and not all of them. */
function isOneAddress(text: string): boolean {
  const address = isIP(text) === 0 ? null : parseAddress(text);
  if (address === null) return false;
  const refusal = refuseAddress(address);
  return refusal !== 'unspecified' && refusal !== 'multicast' && refusal !== 'broadcast';
}

/** An IPv4 address that an interface can have: which network is answered follows from it. */
function isOwnIPv4(text: string): boolean {
  return isIP(text) === 4 && (isUnicast(text) || isLoopback(text));
}

/** An IPv4 address that another machine can send to. */
function isUnicast(text: string): boolean {
  const address = isIP(text) === 4 ? parseAddress(text) : null;
  if (address === null) return false;
  const refusal = refuseAddress(address);
  return refusal === null || refusal === 'released-ip';
}

/** Two lists of one name would be one list on the router: who is to see a notice would be cut off. */
function* listProblems(source: ConfigSource, lists: ListNames): Iterable<ConfigProblem> {
  const names = new Map<string, string>();
  // In the schema's order: of the values in the file those that were filled in come last.
  for (const key of LIST_KEYS) {
    const list = lists[key];
    const other = names.get(list);
    if (other !== undefined) yield source.problem(['agent', 'lists', key], { kind: 'duplicate-list', list, other });
    else names.set(list, key);
  }
}

/** An address or a name; digits and dots alone are a mistyped address. */
function isHost(text: string): boolean {
  return isIP(text) !== 0 || (!/^[0-9.]+$/.test(text) && HOST.Check(text));
}

/** True for a host that only this box can reach. */
function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const address = parseAddress(host.replace(/^\[|\]$/g, ''));
  return ['127.0.0.0/8', '::1'].some((text) => {
    const range = parseAddress(text);
    return range !== null && address !== null && contains(range, address);
  });
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    // The one way to ask: a RangeError is its no.
    return false;
  }
}

function isResolver(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const match = /^(?:\[([^\]]+)\]|([0-9.]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2] ?? '';
  return isIP(host) === (match?.[1] === undefined ? 4 : 6) && port >= 1 && port <= 65_535;
}
