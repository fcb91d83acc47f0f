import type { Request } from '../request.ts';
import { tableOf, type RouterState } from '../state.ts';
import { Trap } from '../trap.ts';
import { allows } from '../users.ts';
import { written, type Call, type Command, type Outcome } from './outcome.ts';
import { find, get, listen, monitor, print } from './read.ts';
import { add, comment, disable, enable, move, remove, requireRows, set, unset } from './write.ts';

const READS = new Set(['print', 'get', 'find', 'listen', 'monitor']);

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['print', print],
  ['get', get],
  ['find', find],
  ['listen', listen],
  ['monitor', monitor],
  ['add', add],
  ['set', set],
  ['unset', unset],
  ['remove', remove],
  ['move', move],
  ['enable', enable],
  ['disable', disable],
  ['comment', comment],
  ['clear-cache', () => written()],
  ['reset-html', () => written()],
  ['reset-counters', resetCounters],
  ['reset-counters-all', resetAllCounters],
  ['make-static', makeStatic],
  ['sign', sign],
]);

/** Looks the command up as the router does (menu, command, rights, argument names) and runs it. Throws a Trap. */
export function execute(state: RouterState, user: string, request: Request, wrote: (rows: number) => void): Outcome {
  if (!request.path.startsWith('/')) throw new Trap('no such command', 0);
  const commands = state.menus.get(request.menu);
  if (commands === undefined) {
    const isFolder = [...state.menus.keys()].some((menu) => menu.startsWith(`${request.menu}/`));
    throw new Trap(isFolder && request.menu !== '' ? 'no such command' : 'no such command prefix', 0);
  }
  if (!commands.has(request.command)) throw new Trap('no such command', 0);
  const needed = READS.has(request.command) ? 'read' : 'write';
  if (!allows(state, user, needed)) throw new Trap('not enough permissions (9)');
  if (needed === 'write' && request.menu.startsWith('/user') && !allows(state, user, 'policy')) {
    throw new Trap('not enough permissions (9)');
  }
  checkArguments(commands.get(request.command) ?? null, request);
  const command = COMMANDS.get(request.command);
  if (command === undefined) throw new Trap(`failure: the lab does not do ${request.command}`);
  return command({ state, request, table: tableOf(state, request.menu), wrote });
}

function checkArguments(known: ReadonlySet<string> | null, request: Request): void {
  if (known === null) return;
  for (const name of [...request.attributes.keys(), ...request.removed]) {
    const isKnown = known.has(name) || (name === 'numbers' && known.has('number'));
    if (!isKnown) throw new Trap('unknown parameter', 0);
  }
}

function resetCounters(call: Call): Outcome {
  for (const row of requireRows(call)) call.table.counters.delete(row.id);
  return written();
}

function resetAllCounters({ table }: Call): Outcome {
  table.counters.clear();
  return written();
}

/** `/certificate/sign`: self-signed; from then on it has a fingerprint, and a service can show it. */
function sign(call: Call): Outcome {
  for (const row of requireRows(call)) {
    const attributes = { ...row.attributes, fingerprint: call.state.fingerprint ?? '' };
    call.table.replace(row.id, { attributes });
  }
  return written();
}

/** `/ip/dhcp-server/lease/make-static`: a dynamic lease is kept. */
function makeStatic(call: Call): Outcome {
  const rows = requireRows(call);
  for (const row of rows) call.table.replace(row.id, { isDynamic: false });
  call.wrote(rows.length);
  return written();
}
