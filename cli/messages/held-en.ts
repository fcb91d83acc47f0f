import { counted } from './counted.ts';
import { releasesOf, type HeldEffect, type HeldMessages } from './held-messages.ts';

const DONE: Readonly<Record<HeldEffect, string>> = { cut: 'cut', restored: 'restored', noticed: 'shown a notice' };

export const HELD_EN: HeldMessages = {
  verb: 'let a held operation through on the whole site, by name; shows whom it hits first',
  options: {
    all: 'all commands of what is held, as far as they are kept',
    everything: 'all that the brake holds, without naming it; shows the sum and asks',
    onRouter: 'only on this router; once for each. An empty snapshot is the whole site’s and does not take it',
    yes: 'do not ask',
  },
  head: ({ operation, reason }, kind, since) =>
    `held since ${since}: ${reason}${operation === null ? '' : ` – ${operation}`}${kind === null ? '' : ` (${kind})`}`,
  effect: (effect, count, named) => `${counted(count, 'subscriber', 'subscribers')} would be ${DONE[effect]}: ${named}`,
  asked: (effect, count, router) =>
    `${counted(count, 'subscriber', 'subscribers')} will be ${DONE[effect]} on ${router}`,
  limit: ({ asked, before, allowed, windowMinutes, scope }) =>
    `the limit: ${allowed} in ${windowMinutes} min on this ${scope}; ${before} were let through${before === 0 ? '' : ' (cuts, and rows that an adoption took off)'}, ${asked} are asked for`,
  more: (count, isStored) =>
    isStored
      ? `… and ${counted(count, 'more command', 'more commands')}: --all`
      : `… and ${count} more that are not kept`,
  release: (router, operation) =>
    `to let it through: wisp-edge routers release ${router} ${operation}; on the whole site: wisp-edge release ${operation}`,
  claim: (router, subscribers) => `to take the rows over: wisp-edge routers claim ${router} ${subscribers.join(' ')}`,
  waits: 'it goes on by itself once the reason is gone',
  withdrawCut: (subscriber) => `to withdraw it: wisp-edge restore ${subscriber}`,
  withdrawSnapshot: 'to withdraw it: the platform sends a newer snapshot without it',
  withdrawAdopt: (router) => `to withdraw it: wisp-edge adopt ${router} --hand-back`,
  others: (count) => `… and ${count} more that are held`,
  nothingHeld: (operation) => `${operation} is held nowhere`,
  heldUnder: (operations) =>
    `the brake holds cut-offs that it asks for under ${operations.join(', ')}: a person looks at ${operations.length === 1 ? 'that one' : 'those'} and decides: ${releasesOf(operations)}. Then this one goes on by itself`,
  heldElsewhere: (operation, operations) =>
    `${operation} has no cut-offs of its own held; it waits for those held under ${operations.join(', ')}. To release them: ${releasesOf(operations)}`,
  emptySnapshot: (subscribers, cut) =>
    `an empty snapshot: ${counted(subscribers, 'subscriber', 'subscribers')} will be forgotten, ${cut} of them restored`,
  onRouters: (routers) => counted(routers, 'router', 'routers'),
  moreWord: 'more',
  operations: {
    verb: 'show the operations, held ones first, or one with what to do about it',
    onlyHeld: 'only those that are held',
    limit: 'so many at most',
    none: 'there are no operations',
    columns: {
      id: 'id',
      kind: 'what',
      subject: 'for',
      state: 'state',
      reason: 'why',
      since: 'since',
      asked: 'asked',
    },
  },
  heldOne: (id, kind, subject, reason) => `${id} (${kind}, ${subject}): ${reason}`,
  part: (router, state, reason) => `  on ${router}: ${state}${reason === null ? '' : ` (${reason})`}`,
  heldMore: (count) => `${count > 0 ? `… and ${count} more; ` : ''}what to do: wisp-edge operations --held`,
  ofNoRouter: (count, routers) =>
    `WARNING: ${count === 1 ? '1 subscriber is' : `${count} subscribers are`} on routers that the configuration does not have (${routers.join(', ')}): nobody cuts or restores them. Give the router its id back, or send them with another`,
  paidButCut: (count) =>
    `WARNING: ${count === 1 ? '1 subscriber paid and is still cut' : `${count} subscribers paid and are still cut`}`,
  paidButCutOn: (count, router) =>
    `WARNING: ${count === 1 ? '1 subscriber paid and is still cut' : `${count} subscribers paid and are still cut`}; who, and what to do: wisp-edge routers ${router}`,
  inOperations: (count) => `in ${counted(count, 'operation', 'operations')}`,
  releaseAll: 'to let through all that the brake holds: wisp-edge release --all; on one router: --router ROUTER',
  releaseWhole: (operation) => `to let it through, on the whole site: wisp-edge release ${operation}`,
  nothingBraked: 'the brake holds nothing',
  later: (count, where, command) =>
    `${counted(count, 'subscriber', 'subscribers')} came to be held on ${where} after this was read, and ${count === 1 ? 'stays' : 'stay'} held: look, and release again; ${command}`,
  notBraked: (operation, reason) =>
    `${operation} is held, but not by the brake (${reason}): a release does not let it through`,
  wholeSite: (operation) =>
    `${operation} is an empty snapshot: it is the state of the whole site, and let through it forgets every subscriber of every router. It cannot be let through on one router. If it is a fault of its sender, let him send the right snapshot with a higher generation; if the site is really empty: wisp-edge release ${operation}, without --router`,
  eitherNameOrAll: 'name an operation, or --all; not both',
  ask: 'Let it through? [y/N] ',
  left: 'nothing was let through',
  needsYes: 'nobody can be asked here: look at the numbers above, then call it again with --yes',
  central: {
    'in-touch': (at) => `the central platform was last heard at ${at}`,
    silent: (at) => `warning: nothing was heard of the central platform since ${at}`,
    stale: (at) => `ERROR: nothing was heard of the central platform since ${at}: no new cut starts`,
  },
  refusedReload: (daemon, at, why) =>
    `ERROR: ${daemon} refused the configuration at ${at} and goes on with the earlier one: ${why}`,
  since: (at) => `since ${at}`,
};
