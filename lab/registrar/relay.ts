import { header, longName, type Header, type SipRequest, type SipResponse } from '../sip/message.ts';
import type { Flow } from '../sip/socket.ts';
import { filledVia, responseTo, withoutTopVia, type ClientTransactions } from '../sip/transaction.ts';

/**
 * Passes a request on to the contacts of its AOR (RFC 3261 §16), to all of them at once, and back what is best: a 2xx,
 * else the lowest class (§16.7). 404 without a contact, as Kamailio's example says; 408 when none answers.
 */
export async function relay(
  request: SipRequest,
  targets: readonly { readonly uri: string; readonly flow: Flow }[],
  transactions: ClientTransactions,
  sentBy: string,
  from: Flow,
): Promise<SipResponse> {
  if (targets.length === 0) return responseTo(request, from, 404, 'Not Registered');
  const hops = Number(header(request, 'max-forwards') ?? '70');
  if (hops <= 0) return responseTo(request, from, 483, 'Too Many Hops');
  const headers = passedOn(request.headers, hops - 1, from);
  const answers = await Promise.all(
    targets.map(({ uri, flow }) => transactions.start(flow, { ...request, uri, headers }, sentBy).done),
  );
  const best = answers
    .filter((each): each is SipResponse => each !== null)
    .toSorted((a, b) => classOf(a) - classOf(b))[0];
  return best === undefined ? responseTo(request, from, 408, 'Request Timeout') : withoutTopVia(best);
}

function passedOn(headers: readonly Header[], hops: number, from: Flow): Header[] {
  let isTop = true;
  const passed = headers.flatMap(([name, value]): Header[] => {
    const long = longName(name);
    if (long === 'max-forwards') return [[name, String(hops)]];
    if (long !== 'via' || !isTop) return [[name, value]];
    isTop = false;
    return [[name, filledVia(value, from)]];
  });
  return headers.some(([name]) => longName(name) === 'max-forwards')
    ? passed
    : [...passed, ['Max-Forwards', String(hops)]];
}

function classOf({ status }: SipResponse): number {
  return status < 300 ? 0 : Math.floor(status / 100);
}
