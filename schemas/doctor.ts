import { Type, type Static } from 'typebox';
import { Finding } from './finding.ts';

/** POST /v1/routers/{id}/doctor: looks a router over; with `selfTest` it also tries a redirect on itself. */
export const Doctor = Type.Object(
  {
    selfTest: Type.Optional(
      Type.Boolean({ description: 'rows for the box’s own address prove the redirect, then go; only in mode manage' }),
    ),
  },
  { additionalProperties: false },
);
export type Doctor = Static<typeof Doctor>;

/** How a router spells where it redirects to: the URL as it was written, or with `http://` put before it. */
export const RedirectForm = Type.Union([Type.Literal('full-url'), Type.Literal('without-scheme')]);
export type RedirectForm = Static<typeof RedirectForm>;

/** What the last doctor found; `result` of a doctor's operation. */
export const DoctorReport = Type.Object({
  checkedAt: Type.String(),
  reachable: Type.Boolean({ description: 'false: nothing but the way to the router could be looked at' }),
  version: Type.Union([Type.String(), Type.Null()]),
  findings: Type.Array(Finding, { description: 'gravest first' }),
  redirect: Type.Union([RedirectForm, Type.Null()], {
    description: 'what a self-test saw the router want; null: none has been made',
  }),
});
export type DoctorReport = Static<typeof DoctorReport>;

/** What the last doctor found that concerns no router by itself: the hosts of the walled garden, as this box reaches them. */
export const SiteDoctor = Type.Object({
  checkedAt: Type.String(),
  findings: Type.Array(Finding, { description: 'gravest first' }),
});
export type SiteDoctor = Static<typeof SiteDoctor>;
