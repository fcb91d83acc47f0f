import { Type } from 'typebox';
import { Id } from '../../schemas/ids.ts';
import { NoticeKind } from '../../schemas/subscriber.ts';

/** `{id}` of a subscriber, router or operation. */
export const IdParams = Type.Object({ id: Id }, { additionalProperties: false });

/** `{id}` and `{kind}` of a notice. */
export const NoticeParams = Type.Object({ id: Id, kind: NoticeKind }, { additionalProperties: false });
