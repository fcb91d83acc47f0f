import { NEVER_PUT, type AcceptResult, type IntentContext } from '../ports.ts';
import type { Portal } from '../../schemas/portal.ts';
import { failsCondition, NOT_FOUND, PRECONDITION_FAILED } from './conditions.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, readPortalJson } from './documents.ts';
import { appendJournal } from './journal.ts';
import { insertOperation, readOperationRow, supersede } from './operations.ts';
import { integer, text } from './rows.ts';
import { isSame } from './subscribers.ts';

export interface StoredPortal {
  readonly portal: Portal;
  readonly revision: number;
  /** The operation that brought it. */
  readonly operation: string;
}

export function readStoredPortal(connection: Connection): StoredPortal | null {
  const row = connection.get('SELECT body, revision, operation FROM portal WHERE id = 1');
  if (row === null) return null;
  return {
    portal: readPortalJson(text(row, 'body')),
    revision: integer(row, 'revision'),
    operation: text(row, 'operation'),
  };
}

/** PUT of the portal: every router takes part. */
export function acceptPortal(connection: Connection, portal: Portal, context: IntentContext): AcceptResult {
  const current = readStoredPortal(connection);
  const isFirst = current === null && context.ifMatch === NEVER_PUT;
  if (!isFirst && failsCondition(context, current?.revision ?? null)) return PRECONDITION_FAILED;
  const { at, operation, actor, routers } = context;
  if (current !== null) {
    const last = readOperationRow(connection, current.operation);
    if (isSame(current.portal, portal) && last !== null && !/^(failed|superseded)$/.test(last.operation.state)) {
      return { outcome: 'accepted', created: false, operation: last.operation, record: null, seq: last.seq };
    }
    supersede(connection, current.operation, at, operation);
  }
  const isNew = current === null || !isSame(current.portal, portal);
  connection.run(
    'INSERT OR REPLACE INTO portal (id, body, revision, operation) VALUES (1, ?, ?, ?)',
    canonicalJson(portal),
    (current?.revision ?? 0) + (isNew ? 1 : 0),
    operation,
  );
  const data = { domain: portal.domain, operation, actor: actor.name, via: actor.via };
  // One thing was said, of all routers: it is told once.
  appendJournal(connection, { at, type: 'portal.changed', subject: 'portal/portal', router: null, data });
  const subject = 'portal/portal';
  const inserted = insertOperation(connection, {
    id: operation,
    kind: 'portal',
    subject,
    at,
    actor,
    routers,
    known: routers,
  });
  return {
    outcome: 'accepted',
    created: current === null,
    operation: inserted.operation,
    record: null,
    seq: inserted.seq,
  };
}

/** Keeps the word of a person that what vanished of a host is gone, and tells the journal whose it is. */
export function acceptPortalConfirm(
  connection: Connection,
  host: string,
  { at, actor }: Pick<IntentContext, 'at' | 'actor'>,
): AcceptResult {
  if (connection.get('SELECT 1 FROM portal_addresses WHERE host = ?', host) === null) return NOT_FOUND;
  connection.run('INSERT OR REPLACE INTO portal_confirmed (host, at) VALUES (?, ?)', host, at);
  const data = { confirmed: host, actor: actor.name, via: actor.via };
  const seq = appendJournal(connection, { at, type: 'portal.changed', subject: 'portal/portal', router: null, data });
  return { outcome: 'accepted', created: false, operation: null, record: null, seq };
}

/** Every live cut-off and notice is written again to the portal's present URL. */
export function acceptReissue(connection: Connection, context: IntentContext): AcceptResult {
  const { at, operation: id, actor, routers } = context;
  const subject = `site/${connection.site}`;
  const inserted = insertOperation(connection, { id, kind: 'reissue', subject, at, actor, routers, known: routers });
  return { outcome: 'accepted', created: false, operation: inserted.operation, record: null, seq: inserted.seq };
}
