import { typedAfter } from '../schemas/phone-formats/refusal.ts';
import type { Capabilities, VendorFormat } from '../provisioner/core/vendors/model.ts';

const TITLES: Readonly<Record<keyof Capabilities, readonly [string, string]>> = {
  account: ['account settings have these names', 'los ajustes de cuenta se llaman así'],
  clears: ['a line taken away is gone', 'una línea quitada desaparece'],
  takesCredentials: ['comes with a user and a password', 'viene con usuario y contraseña'],
  keepsHome: ['keeps its way home over a restart', 'recuerda de dónde baja tras reiniciar'],
  polls: ['fetches by itself', 'baja por sí solo'],
  resyncs: ['fetches when told, without a restart', 'baja al avisarle, sin reiniciar'],
  challengesNotify: ['asks who tells it to', 'pregunta quién le avisa'],
  skipsKnown: ['leaves a file aside that it knows', 'deja de lado un archivo que ya conoce'],
  localOutranks: ['settings made on it outrank ours', 'lo ajustado en él pesa más que lo nuestro'],
};

const HEAD = `# Phones / Teléfonos

What each dialect relies on. \`proven\` stands in code that provisions such phones, or was seen on one; \`documented\` in the vendor's own guide; \`inferred\` follows from its other models or from one source only. None of it was tried by us on a real phone. A vendor with two dialects is told apart by the phone's model.

En qué se apoya cada dialecto. \`proven\`: está en código que aprovisiona esos teléfonos, o se vio en uno; \`documented\`: en la guía del fabricante; \`inferred\`: se deduce de otros modelos suyos o de una sola fuente. Nada de esto lo probamos en un teléfono real. Un fabricante con dos dialectos se distingue por el modelo del teléfono.
`;

/** The page about every dialect, in Markdown; a pure function of the formats. */
export function phonesPage(formats: readonly VendorFormat[]): string {
  return [HEAD, ...formats.map(section)].join('\n');
}

function section(format: VendorFormat): string {
  const { dialect, lines, files, resyncEvent, credentialsIn, capabilities } = format;
  const [mac, model] = ['805ec0aabbcc', null];
  const ours = files.map((file) => code(file.name(mac, model))).join(', ');
  const after = typedAfter(dialect);
  const rows = entries(capabilities).map(([name, { is, standing, source }]) => {
    const [en, es] = TITLES[name];
    return `| ${en} / ${es} | ${is ? 'yes / sí' : 'no'} | ${standing} | ${source.replaceAll('|', '\\|').replaceAll('<', '&lt;')} |`;
  });
  return [
    `## ${dialect}`,
    '',
    `- lines / líneas: ${lines}`,
    `- asks for / pide: ${format.asksFor(mac, model).map(code).join(', ')}`,
    `- ours / nuestros: ${ours}`,
    ...(after === '' ? [] : [`- typed after the URL / se escribe tras la URL: ${code(after)}`]),
    ...(credentialsIn === undefined
      ? []
      : [`- user and password in / usuario y contraseña en: ${code(credentialsIn)}`]),
    `- told to fetch by / se le avisa con: ${code(`Event: ${resyncEvent}`)}`,
    '',
    '| | | how sure / certeza | source / fuente |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function entries(
  capabilities: Capabilities,
): readonly (readonly [keyof Capabilities, Capabilities[keyof Capabilities]])[] {
  const names: readonly (keyof Capabilities)[] = [
    'account',
    'clears',
    'takesCredentials',
    'keepsHome',
    'polls',
    'resyncs',
    'challengesNotify',
    'skipsKnown',
    'localOutranks',
  ];
  return names.map((name) => [name, capabilities[name]]);
}

function code(text: string): string {
  return `\`${text}\``;
}
