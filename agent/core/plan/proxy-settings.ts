import { canonicalPorts } from '../canonical.ts';
import { isTrue, type Row } from '../row.ts';

/**
 * What `/ip/proxy` needs. In use already: our port joins its list and nothing else changes. Off: it is turned on with our
 * port alone (its default 8080 would stand open) and without a cache (an unlimited RAM cache can eat the memory).
 */
export function proxySettings(row: Row | undefined, port: number): Readonly<Record<string, string>> {
  if (row === undefined) return {};
  if (!isTrue(row.get('enabled')))
    return { port: String(port), 'max-cache-size': 'none', 'cache-on-disk': 'no', enabled: 'yes' };
  const ports = canonicalPorts(row.get('port') ?? '').split(',');
  return ports.includes(String(port)) ? {} : { port: canonicalPorts([...ports, port].join(',')) };
}
