import { COLUMNS, type Column } from '../../../schemas/planilla.ts';

/** Columns that say something of a phone itself, and those of an extension itself. */
export const PHONE_COLUMNS = ['vendor', 'model', 'label', 'serial'] as const satisfies readonly Column[];
export const EXTENSION_COLUMNS = [
  'displayName',
  'authUser',
  'registrar',
  'owner',
  'site',
  'email',
  'softphone',
  'webAccess',
] as const satisfies readonly Column[];

/** Headings by column, as `plainHeading` gives them, in English and Spanish. */
const HEADINGS: Readonly<Record<Column, readonly string[]>> = {
  mac: ['mac', 'macaddress', 'direccionmac'],
  vendor: ['vendor', 'brand', 'manufacturer', 'marca', 'fabricante'],
  model: ['model', 'modelo'],
  label: ['label', 'etiqueta'],
  line: ['line', 'linea', 'ndelinea', 'numerodelinea'],
  extension: ['extension', 'extensionnumber', 'number', 'interno', 'anexo', 'numero', 'numerodeinterno', 'ndeinterno'],
  displayName: ['displayname', 'name', 'nombre', 'nombreamostrar'],
  authUser: ['authuser', 'authenticationuser', 'usuariodeautenticacion', 'usuariosip', 'sipuser'],
  registrar: ['registrar', 'registrador', 'servidorsip', 'sipserver'],
  owner: ['owner', 'dueno', 'propietario', 'propiedad'],
  site: ['site', 'sitio', 'lugar', 'sede'],
  email: ['email', 'mail', 'correo', 'correoelectronico'],
  softphone: ['softphone'],
  webAccess: ['webaccess', 'accesoweb', 'modoweb'],
  serial: ['serial', 'serialnumber', 'serie', 'numerodeserie', 'ndeserie', 'sn'],
  sipKey: ['sipkey', 'clavesip', 'sippassword', 'contrasenasip'],
};
const COLUMN_OF: ReadonlyMap<string, Column> = new Map(
  [...COLUMNS, 'sipKey' as const].flatMap((column) => HEADINGS[column].map((heading) => [heading, column] as const)),
);

const KEY_WORDS = /clave|contrasena|passw|^pass|pass$|pwd|secret|key|^pin|pin$/;
const WEB_WORDS = /web|portal|sphone|panel/;

/** Why a file as a whole cannot be read as a planilla. What stands in it is never repeated: it may be a key. */
export type FileFault =
  | { readonly kind: 'empty' | 'no-subject-column' }
  | { readonly kind: 'repeated-column'; readonly column: Column }
  /** `at`: the column's place, counted from 1. `alsoSip`: lines whose web key is a SIP key of the file too. */
  | { readonly kind: 'web-key-column'; readonly at: number; readonly alsoSip?: readonly number[] }
  | { readonly kind: 'unclear-key-column'; readonly at: number }
  | { readonly kind: 'malformed'; readonly line: number }
  | { readonly kind: 'too-many-rows' | 'too-large'; readonly limit: number };

/** The columns by their place, null for those that are not ours, whose headings are `ignored`. */
export interface Header {
  readonly columns: readonly (Column | null)[];
  readonly ignored: readonly string[];
}

/**
 * Reads the headings. A column that a planilla does not have is passed over and told; but never one that holds keys: a web
 * key is not stored here (IPLAN: “importante no confundir”), and a bare “clave” may be either.
 */
export function readHeader(headings: readonly string[]): { readonly header: Header } | { readonly fault: FileFault } {
  const plain = headings.map(plainHeading);
  const columns = plain.map((heading) => COLUMN_OF.get(heading) ?? null);
  const keyAt = plain.findIndex((heading, at) => columns[at] === null && KEY_WORDS.test(heading));
  if (keyAt >= 0) {
    const kind = WEB_WORDS.test(plain[keyAt] ?? '') ? 'web-key-column' : 'unclear-key-column';
    return { fault: { kind, at: keyAt + 1 } };
  }
  if (!columns.includes('mac') && !columns.includes('extension')) return { fault: { kind: 'no-subject-column' } };
  const repeated = columns.find((column, at) => column !== null && columns.indexOf(column) < at);
  if (repeated !== undefined && repeated !== null) return { fault: { kind: 'repeated-column', column: repeated } };
  const ignored = headings.filter((heading, at) => columns[at] === null && heading.trim() !== '');
  return { header: { columns, ignored } };
}

/** The place of the column of SIP keys, counted from 0, also in a file that is refused; null for none. */
export function sipKeyAt(headings: readonly string[]): number | null {
  const at = headings.findIndex((heading) => COLUMN_OF.get(plainHeading(heading)) === 'sipKey');
  return at < 0 ? null : at;
}

/** How many headings of a row are ours: which separator a file has is told by its first row. */
export function knownHeadings(headings: readonly string[]): number {
  return headings.filter((heading) => COLUMN_OF.has(plainHeading(heading))).length;
}

/** A heading without accents, blanks and signs, in small letters: `N.º de línea` is `ndelinea`. */
function plainHeading(heading: string): string {
  return heading
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}
