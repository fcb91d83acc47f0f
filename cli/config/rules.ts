import { isIP } from 'node:net';
import { Compile } from 'typebox/compile';
import { contains, parseAddress } from '../../schemas/address.ts';
import type { AgentConfig } from '../../schemas/config/agent.ts';
import type { Config } from '../../schemas/config/config.ts';
import { HostName } from '../../schemas/portal.ts';
import type { ConfigProblem } from './fault.ts';
import type { ConfigSource } from './source.ts';

const HOST = Compile(HostName);

/** What no schema can say: rules between keys, and texts that must be addresses. */
export function ruleProblems(source: ConfigSource, { control, agent, provisioner }: Config): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = agent === undefined ? [] : [...agentProblems(source, agent)];
  if (control !== undefined) {
    const { listen, tls, central } = control;
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
  if (provisioner !== undefined && provisioner.plainHttp === undefined) {
    const url = new URL(provisioner.publicUrl);
    if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
      const fault = { kind: 'plain-http', url: provisioner.publicUrl } as const;
      problems.push(source.problem(['provisioner', 'publicUrl'], fault));
    }
  }
  return problems;
}

function* agentProblems(
  source: ConfigSource,
  { routers, portal, alwaysReachable }: AgentConfig,
): Iterable<ConfigProblem> {
  const ids = new Set<string>();
  for (const [at, { id }] of routers.entries()) {
    if (ids.has(id)) yield source.problem(['agent', 'routers', String(at), 'id'], { kind: 'duplicate-router', id });
    ids.add(id);
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
  for (const [at, value] of alwaysReachable.entries()) {
    const isNumeric = /^[0-9.]+(\/\d+)?$/.test(value) || /[:/]/.test(value);
    if (parseAddress(value) !== null || (!isNumeric && HOST.Check(value))) continue;
    const fault = { kind: 'bad-address', value, form: 'ip | prefix | host' } as const;
    yield source.problem(['agent', 'alwaysReachable', String(at)], fault);
  }
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

function isResolver(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const match = /^(?:\[([^\]]+)\]|([0-9.]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2] ?? '';
  return isIP(host) === (match?.[1] === undefined ? 4 : 6) && port >= 1 && port <= 65_535;
}
