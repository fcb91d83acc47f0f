import type { Act } from './actions.ts';
import { learn } from './learn.ts';
import type { Model } from './model.ts';

/** Takes an act into the plan of who there is; what becomes of it in truth is the world's business. */
export function foresee(model: Model, act: Act, at: number): void {
  switch (act.kind) {
    case 'cut':
      model.cut(act.id, { from: null, until: null }, act.ownPage, at);
      return;
    case 'restore':
      model.restore(act.id, at);
      return;
    case 'notice':
      model.notice(act.id, act.notice, { from: null, until: null }, at);
      return;
    case 'notice-end':
      model.notice(act.id, act.notice, null, at);
      return;
    case 'put':
      model.put(act.subscriber.id, act.subscriber, at);
      return;
    case 'delete':
      model.remove(act.id, at);
      return;
    case 'snapshot':
      learn(model, { kind: 'snapshot', rows: act.subscribers, expectedCuts: null, ageMs: 0 }, at);
      return;
    case 'delta':
      model.delta(act.put, act.remove);
      return;
    case 'storm':
      for (const id of act.ids) model.cut(id, { from: null, until: null }, false, at);
      return;
    default:
  }
}
