import { parseAddress } from '../../schemas/address.ts';
import type { Finding } from '../../schemas/router.ts';
import type { LiveSubscriber } from './desired/live.ts';
import { rowsOf, type ObservedRouter } from './observed.ts';
import { isProxyOnPort } from './plan/back-end.ts';
import type { RouterSettings } from './settings.ts';
import { sourceNatOnPath } from './source-nat.ts';

/** What a person should know of a router that leads its subscribers to our own page server. */
export function noticeServerFindings(input: {
  readonly observed: ObservedRouter;
  readonly settings: RouterSettings;
  readonly subscribers: readonly LiveSubscriber[];
  readonly strangeSources?: readonly string[];
}): readonly Finding[] {
  const { observed, settings, subscribers } = input;
  const { backend, lists, port } = settings;
  if (backend.kind === 'web-proxy') return [];
  const findings: Finding[] = [];
  const shown = subscribers.filter(({ cut, notices }) => cut !== null || notices.length > 0);
  const addresses = shown.flatMap((one) => one.addresses).filter(({ family }) => family === 4);
  const rule = sourceNatOnPath(rowsOf(observed, '/ip/firewall/nat'), {
    server: backend,
    lists,
    subscribers: addresses,
  });
  const own = observed.ownAddresses.map(({ text }) => text);
  const masked = (input.strangeSources ?? []).find((source) => own.includes(parseAddress(source)?.text ?? source));
  if (rule !== null || masked !== undefined) {
    const id = rule?.get('.id') ?? '';
    findings.push({
      code: 'listener-source-nat',
      severity: 'warning',
      detail:
        masked === undefined
          ? `srcnat rule ${id} rewrites the source of subscribers on their way to ${backend.address}: the page server cannot know them`
          : `the page server sees ${masked}, the router’s own address, where it should see subscribers`,
      remedy: `/ip/firewall/nat/add chain=srcnat action=accept dst-address=${backend.address} protocol=tcp dst-port=${backend.port}${id === '' ? '' : ` place-before=${id}`}`,
    });
  }
  if (isProxyOnPort(observed, port))
    findings.push({
      code: 'proxy-left-on',
      severity: 'info',
      detail: `the web proxy still listens on ${port}: it is kept shut to strangers, and may be used by others`,
      remedy: '/ip/proxy/set enabled=no (if nobody else uses it)',
    });
  return findings;
}
