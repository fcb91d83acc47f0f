import { ownComment, ownerOf } from '../ownership.ts';
import { idOf } from '../plan/diff-order.ts';
import type { Step } from '../plan/step.ts';
import { isTrue, type Row } from '../row.ts';
import type { TakenRow } from './state.ts';

/** Of a list row that we took in place, what gives it back. */
export function givenBack(row: Row, { menu, values }: TakenRow): Step {
  const key = ownerOf(row);
  const comment = values['comment'] ?? '';
  const disabled = isTrue(values['disabled']) ? 'yes' : 'no';
  return {
    kind: 'set',
    menu,
    key: key ?? { kind: 'rule', key: 'wisphub-list' },
    lane: 'bulk',
    subscriber: null,
    id: idOf(row),
    values: { comment, ...(isTrue(row.get('disabled')) === (disabled === 'yes') ? {} : { disabled }) },
    foreign: { was: key === null ? {} : { comment: ownComment(key) } },
  };
}
