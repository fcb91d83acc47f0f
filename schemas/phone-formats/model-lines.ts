import type { Phone, PhoneVendor } from '../phone.ts';

/** Which of a vendor's models have fewer lines than their format has names for. */
export interface VendorLines {
  /** `documented` by the vendor, or `proven` in code that provisions such phones. */
  readonly standing: 'proven' | 'documented';
  readonly source: string;
  /** What may stand before a model's own name, in capitals. */
  readonly brand: RegExp;
  /**
   * Models by how many lines they have, in capitals, without blanks, dashes and brand; `*` stands for what may follow. Where
   * sources differ the greater number counts: a line that a phone does not have is left aside by it, one that we refuse is
   * missed.
   */
  readonly models: readonly (readonly [lines: number, names: string])[];
}

const WAZO = 'wazo-provd-plugins 2321a3f';

/** A vendor that is not here, and a model that is not: as many lines as the format has names for. */
export const MODEL_LINES: Readonly<Partial<Record<PhoneVendor, VendorLines>>> = {
  yealink: {
    standing: 'documented',
    source: `administrator guides T2/T4/T5/CP860/CP920: "X ranges from"; of T20 to T38, T30, T31, T33, U series and W52P: ${WAZO}`,
    brand: /^(YEALINK)?(SIP)?/,
    models: [
      [1, 'CP8* CP9* T19* T30*'],
      [2, 'T20* T21* T31*'],
      [3, 'T22* T23* T26* T32* T40*'],
      [4, 'T33* T34* VP530*'],
      [5, 'W52*'],
      [6, 'T27* T28* T38* T41*'],
      [12, 'T42* T43* T44* T52* T53*'],
    ],
  },
  grandstream: {
    standing: 'documented',
    source: `config-template.zip of gxp16xx 1.0.7.81, gxp17xx, gxp21xx, grp260x 1.0.7.71, grp26xx 1.0.15.19; older ones: ${WAZO}`,
    brand: /^(GRANDSTREAM)?/,
    models: [
      [1, 'GXP1610* GXP1615*'],
      [2, 'GXP11* GXP14* GXP162* GRP2601* GRP2610* WP810* WP816* WP820* WP822* WP825* GHP6*'],
      [3, 'GXP1630* GXP1760* GXP2130* GRP2611* WP826* WP836*'],
      [4, 'GXP20* GXP2100* GXP178* GXP2140* GRP2602* GRP2612* GRP2613 GRP2613P'],
    ],
  },
  snom: {
    standing: 'proven',
    source: WAZO,
    brand: /^(SNOM)?/,
    models: [
      [2, 'D120 D140 D150'],
      [4, 'D305 D315 D712'],
      [6, 'D713 D717'],
      [8, 'D862'],
    ],
  },
  poly: {
    standing: 'proven',
    source: `${WAZO}, where the UC Software 6.4.0 guide names no more registrations`,
    brand: /^(POLYCOM|POLY)?(SOUNDPOINTIP|SPIP|SOUNDSTATIONIP|SSIP)?/,
    models: [
      [1, 'VVX101 4000 5000 6000 7000'],
      [2, 'VVX150 VVX201 301 320 321 330 331 335 430'],
      [3, '450 501'],
      [4, '550 560'],
      [6, '600 601 650 670 VVX1500*'],
      [8, 'EDGEE100 E100'],
    ],
  },
  'cisco-spa': {
    standing: 'proven',
    source: WAZO,
    brand: /^(CISCO|LINKSYS)?/,
    models: [
      [1, 'SPA301* SPA3102* SPA502* SPA512* SPA901* SPA921* SPA922*'],
      [2, 'ATA190 PAP2* SPA112* SPA122* SPA2102*'],
      [3, 'SPA303*'],
      [4, 'SPA504* SPA514* SPA941* SPA942*'],
      [5, 'SPA525*'],
      [6, 'SPA962*'],
      [8, 'SPA501* SPA508* SPA8000* SPA8800*'],
    ],
  },
  'cisco-mpp': {
    standing: 'proven',
    source: WAZO,
    brand: /^(CISCO)?(CP)?/,
    models: [
      [1, '7811* 7832*'],
      [2, '6821* 7821* ATA191* ATA192*'],
      [4, '6841* 6851* 6861* 7841*'],
      [6, '6871*'],
    ],
  },
  fanvil: {
    standing: 'proven',
    source: WAZO,
    brand: /^(FANVIL)?/,
    models: [
      [2, 'X2 X2P X2C X3 X3S X3SP X3P X3G X3SG C58 C58P H2U H2UV2 I10S* I16S* I61 I62 I63 I64'],
      [4, 'C62 C62P V61* W610W W611W I51W I52W'],
      [6, 'V63 I53W'],
      [8, 'W620W'],
    ],
  },
  htek: {
    standing: 'proven',
    source: WAZO,
    brand: /^(HTEK)?/,
    models: [
      [2, 'UC802* UC803*'],
      [3, 'UC804* UC840* UC842*'],
      [4, 'UC806* UC860* UC902* UC912*'],
    ],
  },
  mitel: {
    standing: 'proven',
    source: WAZO,
    brand: /^(MITEL|AASTRA)?/,
    models: [
      [2, '6863* 6905* 6910*'],
      [6, '6730* 6731*'],
    ],
  },
  panasonic: {
    standing: 'proven',
    source: `${WAZO}; administrator guide of the KX-HDV100`,
    brand: /^(PANASONIC)?(KX)?/,
    models: [
      [1, 'UT113* HDV100*'],
      [2, 'UT123*'],
      [3, 'UT133*'],
    ],
  },
};

/** The same by name, split once: it is asked for thousands of phones at a start. */
const BY_NAME = new Map(
  Object.entries(MODEL_LINES).map(([vendor, { models }]) => {
    const named = models.flatMap(([lines, names]) => names.split(' ').map((name) => [name, lines] as const));
    const prefixes = named.flatMap(([name, lines]) =>
      name.endsWith('*') ? [[name.slice(0, -1), lines] as const] : [],
    );
    return [vendor, { exact: new Map(named), prefixes }];
  }),
);

/** How many lines a phone's model has, where that is known to be fewer than its format has names for; else null. */
export function modelLines({ vendor, model }: Pick<Phone, 'vendor' | 'model'>): number | null {
  const [known, byName] = [MODEL_LINES[vendor], BY_NAME.get(vendor)];
  if (known === undefined || byName === undefined || model === undefined) return null;
  const name = model
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .replace(known.brand, '');
  return byName.exact.get(name) ?? byName.prefixes.find(([prefix]) => name.startsWith(prefix))?.[1] ?? null;
}
