import type { NoticeKind } from '../../schemas/subscriber.ts';
import type { Model, Span } from './model.ts';
import type { Ask } from './asks.ts';

const msOf = (instant: string | undefined): number | null => (instant === undefined ? null : Date.parse(instant));

/** Tells the model what was accepted; gives the subscribers it is about, null for all. */
export function learn(model: Model, ask: Ask, at: number): readonly string[] | null {
  switch (ask.kind) {
    case 'snapshot':
      // An empty one is held until a person releases it, which no history does.
      if (ask.rows.length > 0) model.snapshot(ask.rows, at - ask.ageMs);
      return null;
    case 'delta':
      model.delta(ask.put, ask.remove);
      return null;
    case 'intent':
      break;
  }
  const { intent } = ask;
  switch (intent.kind) {
    case 'put-subscriber':
      model.put(intent.id, { id: intent.id, ...intent.subscriber }, at);
      return [intent.id];
    case 'delete-subscriber':
      model.remove(intent.id, at);
      return [intent.id];
    case 'cutoff': {
      const { notBefore, notAfter, url } = intent.cutoff;
      model.cut(intent.id, { from: msOf(notBefore), until: msOf(notAfter) }, url !== undefined, at);
      return [intent.id];
    }
    case 'restore':
      model.restore(intent.id, at);
      return [intent.id];
    case 'notice':
      model.notice(intent.id, intent.notice, spanOf(intent.value), at);
      return [intent.id];
    case 'notice-end':
      model.notice(intent.id, intent.notice satisfies NoticeKind, null, at);
      return [intent.id];
    case 'portal':
      model.domain = intent.portal.domain;
      return [];
    case 'portal-confirm':
    case 'reissue':
    case 'reconcile':
    case 'release':
    case 'release-everywhere':
    case 'claim':
    case 'adopt':
    case 'doctor':
      return [];
  }
}

function spanOf({ start, end }: { readonly start?: string; readonly end?: string }): Span {
  return { from: msOf(start), until: msOf(end) };
}

/** Where somebody may be cut once this is accepted. */
export function cutBy(
  { wanted }: Model,
  ask: Ask,
): readonly { readonly id: string; readonly router: string; readonly addresses: readonly string[] }[] {
  const isCut = (id: string): boolean => (wanted.get(id)?.cut ?? null) !== null;
  if (ask.kind !== 'intent') {
    const rows = ask.kind === 'snapshot' ? ask.rows : ask.put;
    return rows.filter(({ id, cutoff }) => (cutoff ?? null) !== null || isCut(id));
  }
  const { intent } = ask;
  const known = 'id' in intent ? wanted.get(intent.id) : undefined;
  if (intent.kind === 'cutoff' && known !== undefined) return [{ id: intent.id, ...known }];
  if (intent.kind === 'put-subscriber' && isCut(intent.id)) return [{ id: intent.id, ...intent.subscriber }];
  return [];
}
