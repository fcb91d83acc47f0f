import { MODEL_LINES, type VendorLines } from '../schemas/phone-formats/model-lines.ts';
import { typedAfter } from '../schemas/phone-formats/refusal.ts';
import type { Capabilities, VendorFormat } from '../provisioner/core/vendors/model.ts';

const TITLES: Readonly<Record<keyof Capabilities, readonly [string, string]>> = {
  account: ['account settings have these names', 'los ajustes de cuenta se llaman así'],
  clears: ['a line taken away is gone', 'una línea quitada desaparece'],
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

**Slots.** A line keeps the slot of the phone (line key, account, handset) that it was told first, as long as it is on the phone: when the first line leaves, the second stays the second, and nobody's handset has to join anew. \`GET /v1/phones/{mac}\` and \`wisp-edge phones MAC\` say the slots. Who leaves is cleared; a slot that we never named is not spoken of. A new line takes the lowest slot that was left, then the lowest that was never told; on a base with handsets (\`gigaset-nx70\`) a slot that was left is taken at once only when nothing else is free, for its handset is taken off first. To move a line to another slot, take it off the phone, let the phone fetch, and put it again. A phone is put with no more lines than its model has, where that is known below; without a model, than its format has names for.

**Posiciones.** Una línea conserva la posición del teléfono (tecla de línea, cuenta, auricular) que se le dio primero mientras siga en el teléfono: cuando se va la primera línea, la segunda sigue siendo la segunda, y ningún auricular tiene que registrarse de nuevo. \`GET /v1/phones/{mac}\` y \`wisp-edge phones MAC\` dicen las posiciones. Quien se va se borra; de una posición que nunca nombramos no se dice nada. Una línea nueva toma la posición más baja que quedó libre, y después la más baja que nunca se dio; en una base con auriculares (\`gigaset-nx70\`) una posición que quedó libre se toma enseguida solo cuando no hay otra, porque antes se da de baja su auricular. Para mover una línea a otra posición, quítela del teléfono, deje que el teléfono baje su archivo y póngala de nuevo. Un teléfono se da de alta con no más líneas que las de su modelo, donde abajo se conocen; sin modelo, que las que su formato nombra.
`;

/** The page about every dialect, in Markdown; a pure function of the formats. */
export function phonesPage(formats: readonly VendorFormat[]): string {
  return [HEAD, ...formats.map(section)].join('\n');
}

function section(format: VendorFormat): string {
  const { dialect, lines, files, resyncEvent, capabilities } = format;
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
    ...modelsOf(dialect),
    `- asks for / pide: ${format.asksFor(mac, model).map(code).join(', ')}`,
    `- ours / nuestros: ${ours}`,
    ...(after === '' ? [] : [`- typed after the URL / se escribe tras la URL: ${code(after)}`]),
    `- told to fetch by / se le avisa con: ${code(`Event: ${resyncEvent}`)}`,
    '',
    '| | | how sure / certeza | source / fuente |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** Those of its vendor that have fewer lines; a vendor with two dialects says it of the first. */
function modelsOf(dialect: string): readonly string[] {
  const found = Object.entries(MODEL_LINES).find(([vendor]) => dialect === vendor || dialect === `${vendor}-xml`)?.[1];
  return found === undefined ? [] : [`- models with fewer / modelos con menos: ${namesOf(found)}`];
}

function namesOf({ models, standing, source }: VendorLines): string {
  const each = models.map(([lines, names]) => `${lines}: ${names.split(' ').map(code).join(' ')}`);
  return `${each.join('; ')} (${standing}: ${source})`;
}

function entries(
  capabilities: Capabilities,
): readonly (readonly [keyof Capabilities, Capabilities[keyof Capabilities]])[] {
  const names: readonly (keyof Capabilities)[] = [
    'account',
    'clears',
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
