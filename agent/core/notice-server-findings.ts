import { parseAddress } from '../../schemas/address.ts';
import type { Finding } from '../../schemas/router.ts';
import type { LiveSubscriber } from './desired/live.ts';
import { finding } from './findings/table.ts';
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
    const seen = { rule: rule?.get('.id') ?? null, masked: masked ?? null };
    findings.push(finding('listener-source-nat', { ...seen, address: backend.address, port: backend.port }));
  }
  if (isProxyOnPort(observed, port)) findings.push(finding('proxy-left-on', { port }));
  return findings;
}
