import type { Request } from '../request.ts';
import type { RouterState } from '../state.ts';
import type { Attributes, Table } from '../table.ts';

/** What a command gives: rows and perhaps a `ret`, or a stream that goes on until it is cancelled. */
export type Outcome =
  | { readonly kind: 'done'; readonly rows: readonly Attributes[]; readonly ret?: string; readonly isRead: boolean }
  | { readonly kind: 'stream'; readonly start: (give: (row: Attributes) => void) => () => void };

/** One command about to run: the router, the sentence, and the menu's table. */
export interface Call {
  readonly state: RouterState;
  readonly request: Request;
  readonly table: Table;
  /** Counts rows written, for the statistics. */
  readonly wrote: (rows: number) => void;
}

export type Command = (call: Call) => Outcome;

/** A write's answer: nothing, or the new row's id. */
export function written(ret?: string): Outcome {
  return ret === undefined ? { kind: 'done', rows: [], isRead: false } : { kind: 'done', rows: [], ret, isRead: false };
}

/** Rows of a read, cut down to `.proplist` where one was sent. A row lacking a listed property omits it. */
export function answer(rows: readonly Attributes[], request: Request): Outcome {
  return { kind: 'done', rows: pick(rows, request.attributes.get('proplist')), isRead: true };
}

export function pick(rows: readonly Attributes[], proplist: string | undefined): readonly Attributes[] {
  if (proplist === undefined || proplist === '') return rows;
  const names = proplist.split(',');
  return rows.map((row) => {
    const picked: Record<string, string> = {};
    for (const name of names) {
      const value = row[name];
      if (value !== undefined) picked[name] = value;
    }
    return picked;
  });
}
