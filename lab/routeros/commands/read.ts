import { printDuration } from '../duration.ts';
import { shapeOf } from '../menus.ts';
import { compileQuery } from '../query.ts';
import { showMenu, showRow } from '../show.ts';
import type { Attributes } from '../table.ts';
import { Trap } from '../trap.ts';
import { answer, pick, type Call, type Outcome } from './outcome.ts';

/** `print`: all rows, or those the query words and `from` leave; with `count-only` their number as `ret`. */
export function print(call: Call): Outcome {
  const { state, table, request } = call;
  let rows = showMenu(state, table);
  const from = request.attributes.get('from')?.split(',');
  if (from !== undefined) rows = rows.filter((row) => from.includes(row['.id'] ?? ''));
  if (request.queries.length > 0) rows = rows.filter(compileQuery(request.queries));
  if (request.attributes.has('count-only')) return { kind: 'done', rows: [], ret: String(rows.length), isRead: false };
  return answer(rows, request);
}

/** `find` over the API: the ids as one `ret`. */
export function find({ state, table, request }: Call): Outcome {
  const matches = compileQuery(request.queries);
  const ids = showMenu(state, table)
    .filter(matches)
    .map((row) => row['.id'] ?? '');
  return { kind: 'done', rows: [], ret: ids.join(';'), isRead: false };
}

/** `get`: one value, or the whole row as `k=v;k=v`, as `!done =ret=`. Costs the same whatever the table's size. */
export function get({ state, table, request }: Call): Outcome {
  const name = request.attributes.get('value-name');
  const row = shapeOf(table.menu).isSingle ? showMenu(state, table)[0] : oneRow(state, table, request.attributes);
  if (row === undefined) throw new Trap('no such item');
  if (name === undefined) {
    const pairs = Object.entries(row).map(([key, value]) => `${key}=${value}`);
    return { kind: 'done', rows: [], ret: pairs.join(';'), isRead: false };
  }
  const value = row[name];
  if (value === undefined) throw new Trap('unknown value name', 1);
  return { kind: 'done', rows: [], ret: value, isRead: false };
}

function oneRow(
  state: Call['state'],
  table: Call['table'],
  words: ReadonlyMap<string, string>,
): Attributes | undefined {
  const id = words.get('number') ?? words.get('numbers');
  if (id === undefined) throw new Trap('missing value(s) of argument(s) number', 0);
  const row = table.get(id);
  return row === undefined ? undefined : showRow(state, table, row);
}

/** `listen`: changes as they come; a removed row as its id and `.dead=yes`. Ends by `/cancel` only (manual, "API"). */
export function listen({ state, table, request }: Call): Outcome {
  const matches = compileQuery(request.queries);
  return {
    kind: 'stream',
    start: (give) =>
      table.subscribe((change) => {
        if (change.kind === 'removed') {
          give({ '.id': change.row.id, '.dead': 'yes' });
          return;
        }
        const shown = showRow(state, table, change.row);
        if (matches(shown)) for (const row of pick([shown], request.attributes.get('proplist'))) give(row);
      }),
  };
}

/** `monitor`: the state now with `once`, else every `interval` (1 s) until cancelled. */
export function monitor(call: Call): Outcome {
  const { state, table, request } = call;
  const look = (): Attributes => (table.menu === '/ip/proxy' ? proxyStatus(call) : (showMenu(state, table)[0] ?? {}));
  if (request.attributes.has('once')) return answer([look()], request);
  return {
    kind: 'stream',
    start: (give) => {
      let stop = (): void => undefined;
      const tick = (): void => {
        give(look());
        stop = state.clock.at(state.clock.now() + 1000, tick);
      };
      tick();
      return () => {
        stop();
      };
    },
  };
}

function proxyStatus({ state, table }: Call): Attributes {
  const isRunning = table.rows()[0]?.attributes['enabled'] === 'true' && state.deviceMode.isProxyAllowed;
  return {
    status: isRunning ? 'running' : 'stopped',
    uptime: printDuration(isRunning ? state.clock.now() - state.bootedAt : 0),
    'client-connections': '0',
    'server-connections': '0',
    requests: '0',
    hits: '0',
  };
}
