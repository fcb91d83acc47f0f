import type { ControlStore, Intent, IntentContext } from '../ports.ts';
import { adoptionView } from './adoptions.ts';
import { centralRecord, recordCentralContact } from './central.ts';
import type { Connection } from './connection.ts';
import { readDoctor, siteDoctor } from './doctors.ts';
import { driftCounts } from './drift.ts';
import { Generations } from './generations.ts';
import { heldOn } from './held-plans.ts';
import { acceptIntent, acceptReleaseWord } from './intents.ts';
import { appendJournal } from './journal.ts';
import { journalReader } from './journal-reader.ts';
import { routerPlan, routerStatuses } from './observations.ts';
import { operationsIn, readOperationRow } from './operations.ts';
import { standingsOf } from './parts.ts';
import { pendingWork } from './pending-work.ts';
import { phoneControlStore } from './phone-control-store.ts';
import { readPortalAddresses, readPortalConfirmations, readPortalRound } from './portal-addresses.ts';
import { readStoredPortal } from './portal-intents.ts';
import { prune } from './prune.ts';
import { recordReload, refusedReloads } from './refused-reloads.ts';
import { reissuePage } from './reissues.ts';
import type { Seals } from './seals.ts';
import { discardStage, stageRows } from './stages.ts';
import { beginShown, readDesiredState } from './state.ts';
import { counts, subscriberPage, subscribersByRouter, subscriberView } from './views.ts';

/** Control's side of the store. */
export function controlStore(connection: Connection, seals: Seals): ControlStore {
  const generations = new Generations(connection);
  return {
    ...journalReader(connection),
    ...phoneControlStore(connection, seals),
    beginShown: (chance) =>
      connection.write(() => {
        beginShown(connection, chance);
      }),
    acceptIntent: (intent, context) => accept(connection, generations, intent, context),
    stageSnapshot: (stage, rows) => stageRows(connection, stage, rows),
    discardStage: (stage) => discardStage(connection, stage),
    switchSnapshot: (stage, head, context) => generations.switchSnapshot(stage, head, context),
    applyDelta: (delta, hash, context) => generations.applyDelta(delta, hash, context),
    generation: () =>
      connection.read(() => {
        const { generation } = readDesiredState(connection);
        if (generation === null) return null;
        return { generation: generation.generation, hash: generation.hash, takenAt: generation.takenAt };
      }),
    readSubscriber: (id) => connection.read(() => subscriberView(connection, id)),
    listSubscribers: (after, limit) => connection.read(() => subscriberPage(connection, after, limit)),
    readOperation: (id) => connection.read(() => readOperationRow(connection, id)?.operation ?? null),
    operationParts: (id) => connection.read(() => standingsOf(connection, id)),
    listOperations: (states, limit) => connection.read(() => operationsIn(connection, states, limit)),
    listReissued: (operation, after, limit) => connection.read(() => reissuePage(connection, operation, after, limit)),
    readPortal: () =>
      connection.read(() => {
        const stored = readStoredPortal(connection);
        return stored === null ? null : { portal: stored.portal, revision: stored.revision };
      }),
    readPortalAddresses: () => connection.read(() => readPortalAddresses(connection)),
    readPortalConfirmations: () => connection.read(() => readPortalConfirmations(connection)),
    readPortalRound: () => connection.read(() => readPortalRound(connection)),
    routerStatuses: () => connection.read(() => routerStatuses(connection)),
    routerPlan: (router) => connection.read(() => routerPlan(connection, router)),
    heldOn: (operation) => connection.read(() => heldOn(connection, operation)),
    pendingWork: () => connection.read(() => pendingWork(connection)),
    driftCounts: () => connection.read(() => driftCounts(connection)),
    recordCentralContact: (at) =>
      connection.write(() => {
        recordCentralContact(connection, at);
      }),
    centralRecord: () => connection.read(() => centralRecord(connection)),
    recordReload: (daemon, refused) =>
      connection.write(() => {
        recordReload(connection, daemon, refused);
      }),
    refusedReloads: () => connection.read(() => refusedReloads(connection)),
    routerAdoption: (router) => connection.read(() => adoptionView(connection, router)),
    siteDoctor: () => connection.read(() => siteDoctor(connection)),
    routerDoctor: (router) => connection.read(() => readDoctor(connection, router)),
    appendEvent: (event) =>
      connection.write(() => {
        appendJournal(connection, event);
      }),
    prune: (before, keep) => prune(connection, before, keep),
    counts: () => connection.read(() => counts(connection)),
    subscribersByRouter: () => connection.read(() => subscribersByRouter(connection)),
  };
}

function accept(
  connection: Connection,
  generations: Generations,
  intent: Intent,
  context: IntentContext,
): ReturnType<ControlStore['acceptIntent']> {
  switch (intent.kind) {
    case 'release':
      return acceptReleaseWord(connection, intent, context, () => false);
    case 'release-everywhere':
      return generations.release(intent.operations, context.at, (switchHeld) =>
        acceptReleaseWord(connection, intent, context, switchHeld),
      );
    default:
      return connection.write(() => acceptIntent(connection, intent, context));
  }
}
