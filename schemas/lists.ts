import { Type, type Static, type TSchema } from 'typebox';
import { ComodatoReturn } from './comodato.ts';
import { Event } from './event.ts';
import { ExtensionDocument } from './extension.ts';
import { PhoneDocument } from './phone.ts';
import { PhoneRequestDocument } from './phone-request.ts';
import { ReissuedSubscriber } from './reissue.ts';
import { RotationDocument } from './rotation.ts';
import { RouterStatus } from './router.ts';
import { SubscriberDocument } from './subscriber-document.ts';

/** Every list is one of these; `next` is what `?after=` of the following page takes, null on the last. */
function listOf<Item extends TSchema>(item: Item) {
  return Type.Object({ items: Type.Array(item), next: Type.Union([Type.String(), Type.Null()]) });
}

export const SubscriberList = listOf(SubscriberDocument);
export type SubscriberList = Static<typeof SubscriberList>;

export const RouterList = listOf(RouterStatus);
export type RouterList = Static<typeof RouterList>;

export const PhoneList = listOf(PhoneDocument);
export type PhoneList = Static<typeof PhoneList>;

/** GET /v1/phones/{mac}/requests: newest first. */
export const PhoneRequestList = listOf(PhoneRequestDocument);
export type PhoneRequestList = Static<typeof PhoneRequestList>;

export const ExtensionList = listOf(ExtensionDocument);
export type ExtensionList = Static<typeof ExtensionList>;

/** GET /v1/comodato: oldest first. */
export const ComodatoList = listOf(ComodatoReturn);
export type ComodatoList = Static<typeof ComodatoList>;

/** GET /v1/operations/{id}/subscribers */
export const ReissuedList = listOf(ReissuedSubscriber);
export type ReissuedList = Static<typeof ReissuedList>;

/** GET /v1/rotations: newest first. */
export const RotationList = listOf(RotationDocument);
export type RotationList = Static<typeof RotationList>;

/** GET /v1/events: `next` is null when nothing newer is known; go on with `?after=<seq of the last item>`. */
export const EventList = listOf(Event);
export type EventList = Static<typeof EventList>;

/** One journal entry that somebody caused. */
export const AuditEntry = Type.Object({
  seq: Type.Integer(),
  at: Type.String(),
  actor: Type.Object({ name: Type.String(), via: Type.String({ description: 'api | cli | central | daemon' }) }),
  action: Type.String(),
  subject: Type.String(),
  data: Type.Record(Type.String(), Type.Unknown()),
});
export type AuditEntry = Static<typeof AuditEntry>;

export const AuditList = listOf(AuditEntry);
export type AuditList = Static<typeof AuditList>;
