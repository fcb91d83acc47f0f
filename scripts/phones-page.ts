import { MODEL_LINES, type VendorLines } from '../schemas/phone-formats/model-lines.ts';
import { ciphersOf, typedAfter } from '../schemas/phone-formats/refusal.ts';
import type { Capabilities, Claim, EncryptedFiles, VendorFormat } from '../provisioner/core/vendors/model.ts';

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

const ENCRYPTED_TITLES: Readonly<Record<keyof EncryptedFiles, readonly [string, string]>> = {
  reads: ['reads encrypted files', 'lee archivos cifrados'],
  learnsKey: ['a file tells it the key', 'un archivo le dice la clave'],
  readsPlain: ['having a key, still reads plain files', 'con clave, aún lee archivos sin cifrar'],
  notices: ['notices a file changed on its way', 'nota un archivo alterado en el camino'],
};

const HEAD = `# Phones / Teléfonos

What each dialect relies on. \`proven\` stands in code that provisions such phones, or was seen on one; \`documented\` in the vendor's own guide; \`inferred\` follows from its other models or from one source only. None of it was tried by us on a real phone. A vendor with two dialects is told apart by the phone's model.

En qué se apoya cada dialecto. \`proven\`: está en código que aprovisiona esos teléfonos, o se vio en uno; \`documented\`: en la guía del fabricante; \`inferred\`: se deduce de otros modelos suyos o de una sola fuente. Nada de esto lo probamos en un teléfono real. Un fabricante con dos dialectos se distingue por el modelo del teléfono.

**Slots.** A line keeps the slot of the phone (line key, account, handset) that it was told first, as long as it is on the phone: when the first line leaves, the second stays the second, and nobody's handset has to join anew. \`GET /v1/phones/{mac}\` and \`wisp-edge phones MAC\` say the slots. Who leaves is cleared; a slot that we never named is not spoken of. A new line takes the lowest slot that was left, then the lowest that was never told; on a base with handsets (\`gigaset-nx70\`) a slot that was left is taken at once only when nothing else is free, for its handset is taken off first. To move a line to another slot, take it off the phone, let the phone fetch, and put it again. A phone is put with no more lines than its model has, where that is known below; without a model, than its format has names for.

**Posiciones.** Una línea conserva la posición del teléfono (tecla de línea, cuenta, auricular) que se le dio primero mientras siga en el teléfono: cuando se va la primera línea, la segunda sigue siendo la segunda, y ningún auricular tiene que registrarse de nuevo. \`GET /v1/phones/{mac}\` y \`wisp-edge phones MAC\` dicen las posiciones. Quien se va se borra; de una posición que nunca nombramos no se dice nada. Una línea nueva toma la posición más baja que quedó libre, y después la más baja que nunca se dio; en una base con auriculares (\`gigaset-nx70\`) una posición que quedó libre se toma enseguida solo cuando no hay otra, porque antes se da de baja su auricular. Para mover una línea a otra posición, quítela del teléfono, deje que el teléfono baje su archivo y póngala de nuevo. Un teléfono se da de alta con no más líneas que las de su modelo, donde abajo se conocen; sin modelo, que las que su formato nombra.

## Encrypted files / Archivos cifrados

Off unless \`encryption\` says otherwise: of a phone (\`PUT /v1/phones/{mac}\`, \`phones put --encryption\`), else of the site (\`provisioner.encryption\`). It counts from the phone's next enrolment on, and a phone that works is left as it is until then. HTTPS protects more, its URL too; encrypted files are for phones and networks that cannot have it.

- Each enrolment makes a key of the phone's own. The file under \`enrolmentUrl\` is plain and tells the phone its key together with the URL of its encrypted files, which stands nowhere else: who comes there was told the key. So lead the phone there by HTTPS or in a network where nobody listens: over plain HTTP, who hears the enrolment has the key.
- How a Yealink's file looks stands in one source and no guide, so a site's \`preferred\` leaves Yealinks as they are: ask for it phone by phone, and try one first. Its blocks have no salt: what stays the same from one revision to the next looks the same.
- \`preferred\`: \`provisioningUrl\`, which the answer of enrol shows, gives plain files, for a phone that somebody types it into has no key. The first of both URLs that is used ends the other.
- \`required\`: there is no plain file. The answer of enrol shows the key once, for who types \`provisioningUrl\` and key into the phone instead of leading it to \`enrolmentUrl\`. It is refused for a dialect without a cipher below. What the phone came by before (an earlier URL, its password, its certificate) opens what it did until the phone has come by the new URL: then the password ends, and the certificate opens nothing.
- \`fileCipher\` (\`phones put --file-cipher\`) chooses where a dialect reads more than one; the first below is the usual one. The enrolment tells the phone what it needs for each, so a change needs no new one.
- A phone that lost its key (reset, replaced, set by hand) cannot read what it fetches and keeps what it has; from the factory it has nothing. It comes back by another enrolment: \`phones enrol MAC\`, and lead it to the new \`enrolmentUrl\`, whose file is plain. The former URL and key end when the new ones are used. Where a phone with a key should refuse a plain file, take the key away on its own page, or reset it, first.
- A phone that fetches and does not register ends a rotation in \`needs_support\`, with this among the reasons to look at.

Apagado salvo que \`encryption\` diga otra cosa: del teléfono (\`PUT /v1/phones/{mac}\`, \`phones put --encryption\`) o, si no, del sitio (\`provisioner.encryption\`). Cuenta desde la próxima alta del teléfono; hasta entonces, uno que funciona queda como está. HTTPS protege más, también su URL; los archivos cifrados son para teléfonos y redes que no pueden tenerlo.

- Cada alta crea una clave propia del teléfono. El archivo de \`enrolmentUrl\` va sin cifrar y le dice la clave junto con la URL de sus archivos cifrados, que no está en ningún otro lado: quien llega allí recibió la clave. Por eso llévelo allí por HTTPS o en una red donde nadie escuche: por HTTP sin cifrar, quien oye el alta tiene la clave.
- Cómo es el archivo de un Yealink está en una sola fuente y en ninguna guía, así que el \`preferred\` de un sitio deja los Yealink como están: pídalo teléfono por teléfono, y pruebe primero uno. Sus bloques no llevan sal: lo que no cambia entre revisiones se ve igual.
- \`preferred\`: \`provisioningUrl\`, la que muestra la respuesta del alta, da archivos sin cifrar, pues un teléfono en el que se la escribe no tiene clave. La primera de las dos URL que se usa termina la otra.
- \`required\`: no hay archivo sin cifrar. La respuesta del alta muestra la clave una sola vez, para quien escriba \`provisioningUrl\` y clave en el teléfono en vez de llevarlo a \`enrolmentUrl\`. Se rechaza para un dialecto sin cifrado abajo. Aquello con lo que el teléfono venía antes (una URL anterior, su contraseña, su certificado) abre lo mismo hasta que haya venido por la URL nueva: entonces la contraseña termina, y el certificado ya no abre nada.
- \`fileCipher\` (\`phones put --file-cipher\`) elige donde un dialecto lee más de uno; el primero de abajo es el habitual. El alta le dice al teléfono lo necesario para cada uno, así que cambiarlo no pide otra.
- Un teléfono que perdió su clave (restablecido, reemplazado, cambiado a mano) no puede leer lo que baja y conserva lo que tiene; de fábrica no tiene nada. Vuelve con otra alta: \`phones enrol MAC\`, y llévelo al nuevo \`enrolmentUrl\`, cuyo archivo va sin cifrar. La URL y la clave anteriores terminan cuando se usan las nuevas. Si un teléfono con clave rechazara un archivo sin cifrar, quítele antes la clave en su propia página, o restablézcalo.
- Un teléfono que baja y no se registra termina una rotación en \`needs_support\`, con esto entre los motivos por mirar.
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
  const ciphers = ciphersOf(dialect);
  const encrypted = format.encryptedFiles === undefined ? [] : encryptedRows(format.encryptedFiles);
  const rows = [...entries(capabilities).map(([name, claim]) => row(TITLES[name], claim)), ...encrypted];
  return [
    `## ${dialect}`,
    '',
    `- lines / líneas: ${lines}`,
    ...modelsOf(dialect),
    `- asks for / pide: ${format.asksFor(mac, model).map(code).join(', ')}`,
    `- ours / nuestros: ${ours}`,
    ...(after === '' ? [] : [`- typed after the URL / se escribe tras la URL: ${code(after)}`]),
    `- encrypted files / archivos cifrados: ${ciphers.length === 0 ? 'no' : ciphers.map(code).join(', ')}`,
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

/** Those of its vendor that have fewer lines; a vendor with two dialects says it of the first. */
function modelsOf(dialect: string): readonly string[] {
  const found = Object.entries(MODEL_LINES).find(([vendor]) => dialect === vendor || dialect === `${vendor}-xml`)?.[1];
  return found === undefined ? [] : [`- models with fewer / modelos con menos: ${namesOf(found)}`];
}

function namesOf({ models, standing, source }: VendorLines): string {
  const each = models.map(([lines, names]) => `${lines}: ${names.split(' ').map(code).join(' ')}`);
  return `${each.join('; ')} (${standing}: ${source})`;
}

function row([en, es]: readonly [string, string], { is, standing, source }: Claim): string {
  return `| ${en} / ${es} | ${is ? 'yes / sí' : 'no'} | ${standing} | ${source.replaceAll('|', '\\|').replaceAll('<', '&lt;')} |`;
}

function encryptedRows({ reads, learnsKey, readsPlain, notices }: EncryptedFiles): readonly string[] {
  return [
    row(ENCRYPTED_TITLES.reads, reads),
    row(ENCRYPTED_TITLES.learnsKey, learnsKey),
    row(ENCRYPTED_TITLES.readsPlain, readsPlain),
    row(ENCRYPTED_TITLES.notices, notices),
  ];
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
