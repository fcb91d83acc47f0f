import { Type } from 'typebox';
import { Id, Mac } from '../../schemas/ids.ts';
import { NoticeKind } from '../../schemas/subscriber.ts';

/** `{id}` of a subscriber, router, operation or rotation. */
export const IdParams = Type.Object({ id: Id }, { additionalProperties: false });

/** `{id}` and `{kind}` of a notice. */
export const NoticeParams = Type.Object({ id: Id, kind: NoticeKind }, { additionalProperties: false });

/** `{mac}` of a phone, in any spelling. */
export const MacParams = Type.Object({ mac: Mac }, { additionalProperties: false });

/** `{number}` of an extension. */
export const NumberParams = Type.Object({ number: Id }, { additionalProperties: false });

/** An extension within a rotation. */
export const RotationKeyParams = Type.Object({ id: Id, number: Id }, { additionalProperties: false });

/** The most names that a release may have (10 000), of the greatest length, with what was shown of each. */
export const RELEASE_BODY_LIMIT = 2 * 1024 * 1024;
