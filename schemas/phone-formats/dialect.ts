import { Type, type Static } from 'typebox';
import { PhoneVendor } from '../phone.ts';

/** A way of writing a phone's files. Most vendors have one; where one has two, the model says which its phone reads. */
export const PhoneDialect = Type.Union([
  Type.Literal('yealink'),
  Type.Literal('grandstream'),
  Type.Literal('snom'),
  Type.Literal('cisco-spa'),
  Type.Literal('cisco-mpp'),
  Type.Literal('mitel'),
]);
export type PhoneDialect = Static<typeof PhoneDialect>;

/** By vendor: its dialect by the model's name, as a person wrote it; undefined where nobody did. */
const DIALECTS: Readonly<Partial<Record<PhoneVendor, (model: string | undefined) => PhoneDialect>>> = {
  yealink: () => 'yealink',
  grandstream: () => 'grandstream',
  snom: () => 'snom',
  'cisco-spa': () => 'cisco-spa',
  'cisco-mpp': () => 'cisco-mpp',
  mitel: () => 'mitel',
};

/** Which dialect a phone reads; null for a vendor that this version does not serve. */
export function dialectOf({
  vendor,
  model,
}: {
  readonly vendor: PhoneVendor;
  readonly model?: string;
}): PhoneDialect | null {
  return DIALECTS[vendor]?.(model) ?? null;
}

/** Vendors whose phones this version serves. */
export const SERVED_VENDORS: readonly PhoneVendor[] = PhoneVendor.anyOf
  .map((vendor) => vendor.const)
  .filter((vendor) => vendor in DIALECTS);
