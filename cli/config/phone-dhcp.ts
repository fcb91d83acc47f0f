import { parseAddress } from '../../schemas/address.ts';
import type { RouterConfig } from '../../schemas/config/agent.ts';
import type { Config } from '../../schemas/config/config.ts';
import type { ConfigProblem } from './fault.ts';
import type { ConfigSource } from './source.ts';

/** The configuration with the provisioner's URL where a router's phones are told one and none is named. */
export function withPhonesUrl(config: Config): Config {
  const { agent, provisioner } = config;
  if (agent === undefined || provisioner === undefined) return config;
  const home = homeOf(provisioner.publicUrl);
  const routers = agent.routers.map((router) =>
    router.phoneDhcp === undefined ? router : { ...router, phoneDhcp: { url: home, ...router.phoneDhcp } },
  );
  return { ...config, agent: { ...agent, routers } };
}

/** The networks that are told the provisioner's URL: phones come to it from there without a token. */
export function ledNetworksOf({ agent, provisioner }: Config): readonly string[] {
  if (agent === undefined || provisioner === undefined) return [];
  const home = homeOf(provisioner.publicUrl);
  return agent.routers.flatMap(({ phoneDhcp }) =>
    phoneDhcp?.url !== undefined && homeOf(phoneDhcp.url) === home ? phoneDhcp.networks : [],
  );
}

function homeOf(url: string): string {
  return `${url.replace(/\/+$/, '')}/`;
}

/** A URL of one phone: `{publicUrl}/p/{token}/` or `{publicUrl}/e/{token}/`. Told to a network it would be everybody's. */
const OF_ONE_PHONE = /\/[pe]\/[0-9a-f]{32}(?:\/|$)/i;

/** What a router's phones are told needs a URL for all of them, and networks that a DHCP server can have. */
export function* phoneDhcpProblems(
  source: ConfigSource,
  { phoneDhcp }: RouterConfig,
  at: number,
  hasProvisioner: boolean,
): Iterable<ConfigProblem> {
  if (phoneDhcp === undefined) return;
  const place = ['agent', 'routers', String(at), 'phoneDhcp'];
  const { networks, url } = phoneDhcp;
  for (const [nth, value] of networks.entries()) {
    const network = value.includes('/') ? parseAddress(value) : null;
    if (network?.family === 4) continue;
    yield source.problem([...place, 'networks', String(nth)], { kind: 'bad-address', value, form: 'prefix (IPv4)' });
  }
  if (url === undefined) {
    const expected = { kind: 'example', example: 'https://phones.example.net:8471/' } as const;
    if (!hasProvisioner) yield source.problem(place, { kind: 'missing-key', key: 'url', expected });
  } else if (OF_ONE_PHONE.test(url)) yield source.problem([...place, 'url'], { kind: 'url-of-one-phone' });
  else if (!URL.canParse(url) || /[?#@]/.test(url)) {
    const value = url.replace(/\/\/[^/]*@/, '//…@');
    yield source.problem([...place, 'url'], { kind: 'bad-address', value, form: 'https://host[:port][/path]' });
  }
}
