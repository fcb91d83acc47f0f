import { Type, type Static } from 'typebox';
import type { PhoneVendor } from '../phone.ts';
import { readsFanvilText } from './fanvil-text.ts';

/** A way of writing a phone's files. Most vendors have one; where one has two, the model says which its phone reads. */
export const PhoneDialect = Type.Union([
  Type.Literal('yealink'),
  Type.Literal('grandstream'),
  Type.Literal('snom'),
  Type.Literal('poly'),
  Type.Literal('panasonic'),
  Type.Literal('grandstream-aliases'),
  Type.Literal('gigaset-n510'),
  Type.Literal('gigaset-nx70'),
  Type.Literal('fanvil-xml'),
  Type.Literal('fanvil-text'),
  Type.Literal('htek'),
  Type.Literal('akuvox'),
  Type.Literal('cisco-spa'),
  Type.Literal('cisco-mpp'),
  Type.Literal('mitel'),
]);
export type PhoneDialect = Static<typeof PhoneDialect>;

/**
 * By vendor: its dialect by the model's name, as a person wrote it; undefined where nobody did. Null: a model that reads none
 * of those.
 */
const DIALECTS: Readonly<Record<PhoneVendor, (model: string | undefined) => PhoneDialect | null>> = {
  yealink: () => 'yealink',
  /**
   * P-values (version 1) are what Wazo and FusionPBX give GXP, GRP26xx and GXV33xx, and no source names a series that cannot
   * take them. The GXV34xx are given aliases (version 2): FusionPBX's gxv3480, Grandstream's own template of firmware
   * 1.0.1.09, has nothing else, and the P-values known here name six of their sixteen accounts.
   */
  grandstream: (model) => (/^GXV34\d0/.test(plain(model, 'GRANDSTREAM')) ? 'grandstream-aliases' : 'grandstream'),
  snom: () => 'snom',
  /** Not served: what came to Poly with Obihai (OBi, VVX D230), which reads that vendor's parameters. */
  poly: (model) => (/^(OBI|VVXD2)/.test(plain(model, 'POLY')) ? null : 'poly'),
  /** Not served: KX-UTG, which reads an XML of its own (FusionPBX utg300b). */
  panasonic: (model) => (/^KXUTG/.test(plain(model, 'PANASONIC')) ? null : 'panasonic'),
  /**
   * Wazo's plugins N510 and Nx70 (N610, N670, N770, N870, N870E), FusionPBX's gigaset template, which is a C430's. Without
   * a model it is one of those that are still sold. Not served: N720, which has other names for everything and is led to a
   * file by a chain of binary ones alone (Wazo N720); Maxwell and P8xx, which read formats of their own (Tancredi).
   */
  gigaset(model) {
    const name = plain(model, 'GIGASET');
    if (name === '' || /^N(X70|[6-8]70|610)/.test(name)) return 'gigaset-nx70';
    return /^(N510|C430)/.test(name) ? 'gigaset-n510' : null;
  },
  fanvil: (model) => (model !== undefined && readsFanvilText(model) ? 'fanvil-text' : 'fanvil-xml'),
  htek: () => 'htek',
  akuvox: () => 'akuvox',
  'cisco-spa': () => 'cisco-spa',
  'cisco-mpp': () => 'cisco-mpp',
  mitel: () => 'mitel',
};

/** Which dialect a phone reads; null for a model that this version does not serve. */
export function dialectOf({
  vendor,
  model,
}: {
  readonly vendor: PhoneVendor;
  readonly model?: string;
}): PhoneDialect | null {
  return DIALECTS[vendor](model);
}

/** A model's name in capitals, without blanks and dashes, and without the brand before it. */
function plain(model: string | undefined, brand: string): string {
  const name = (model ?? '').toUpperCase().replace(/[^A-Z0-9]/g, '');
  return name.startsWith(brand) ? name.slice(brand.length) : name;
}
