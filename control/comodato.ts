import { AppError } from '../schemas/app-error.ts';
import type { Acknowledge, ComodatoReturn, PhoneReturn } from '../schemas/comodato.ts';
import type { Mac } from '../schemas/ids.ts';
import type { PhoneControlStore, PhoneIntent } from '../store/phone-ports.ts';
import type { Api } from './api.ts';
import { returnRows } from './core/planilla/returns.ts';
import { json, type Answer, type RequestHead } from './http/exchange.ts';
import { ProblemError } from './http/problems.ts';
import { pageOf, positionOf } from './http/query.ts';
import { about, canonical } from './phones.ts';
import { writeCsv } from './planilla/csv.ts';

const PAGE = 500;

/** GET /v1/comodato */
export async function listReturns(
  api: Api,
  isOpenOnly: boolean,
  after: string | undefined,
  limit: number,
): Promise<Answer> {
  const page = await api.store.listReturns(isOpenOnly, positionOf('comodato', after), limit);
  return json(200, pageOf('comodato', page.items, page.next));
}

/** GET /v1/comodato/{id} */
export async function readReturn(api: Api, id: string): Promise<Answer> {
  const found = await api.store.readReturn(id);
  if (found === null) throw new ProblemError('not-found', { detail: `there is no comodato record ${id}` });
  return json(200, found);
}

/** GET /v1/comodato/export */
export async function exportReturns({ store }: Api): Promise<Answer> {
  return {
    kind: 'text',
    status: 200,
    type: 'text/csv; charset=utf-8; header=present',
    body: await returnsCsv(store),
    headers: { 'content-disposition': 'attachment; filename="comodato.csv"' },
  };
}

/** Every record as the text of a CSV file, oldest first. */
export async function returnsCsv(store: Pick<PhoneControlStore, 'listReturns'>): Promise<string> {
  const returns: ComodatoReturn[] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof store.listReturns>> = await store.listReturns(false, after, PAGE);
    returns.push(...page.items);
    after = page.next;
  } while (after !== null);
  return writeCsv(returnRows(returns));
}

/** POST /v1/phones/{mac}/return */
export async function returnPhone(api: Api, head: RequestHead, spelled: Mac, body: PhoneReturn): Promise<Answer> {
  const mac = canonical(spelled);
  const { serial = null, note = null } = body;
  const intent: PhoneIntent = { kind: 'return-phone', mac, serial, note };
  const { comodato } = await api.phoneIntents.accept(about(head, spelled, mac), intent, body, async () => {
    return (await api.store.readPhone(mac))?.revision ?? null;
  });
  return recordAnswer(comodato);
}

/** POST /v1/comodato/{id}/acknowledge: the first one stays, and is what a second one is answered. */
export async function acknowledgeReturn(api: Api, head: RequestHead, id: string, body: Acknowledge): Promise<Answer> {
  const { ticket = null } = body;
  const { comodato } = await api.phoneIntents.accept(head, { kind: 'acknowledge-return', id, ticket }, body);
  return recordAnswer(comodato);
}

function recordAnswer(record: ComodatoReturn | null): Answer {
  if (record === null) throw new AppError('internal', 'the store gave no comodato record');
  return json(200, record);
}
