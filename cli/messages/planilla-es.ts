import type { FileFault } from '../../control/core/planilla/columns.ts';
import { inSpanish } from '../../schemas/told-es.ts';
import { someOf } from '../../control/core/planilla/file-fault.ts';
import { counted } from './counted.ts';
import type { PlanillaMessages } from './planilla-messages.ts';

export const PLANILLA_ES: PlanillaMessages = {
  read: (rows, encoding, separator) => `leído: ${counted(rows, 'fila', 'filas')}, ${encoding}, separador ${separator}`,
  ignored: (headings) => `columnas que una planilla no tiene, no leídas: ${headings.join(', ')}`,
  outcomes: { new: 'nuevo', changed: 'cambia', same: 'igual', refused: 'RECHAZADA' },
  headings: { line: 'línea', outcome: 'resultado', what: 'qué' },
  change: ({ of, field, before, after }) => {
    if (field === 'sipKey') return 'clave SIP: dada';
    const name = `${of === 'phone' ? 'teléfono' : 'interno'} ${field}`;
    return before === null ? `${name}: ${after ?? '–'}` : `${name}: ${before || '–'} → ${after ?? '–'}`;
  },
  inColumn: (column, words) => `${column}: ${words}`,
  refusals: {
    cells: (detail) => `celdas y títulos: ${detail}; un valor que contiene el separador debe ir entre comillas`,
    'no-subject': () => 'no nombra ni una dirección MAC ni un interno',
    'invalid-value': (detail) => `este valor no es posible${detail === '' ? '' : `: ${inSpanish(detail)}`}`,
    'mangled-number': () =>
      'una hoja de cálculo lo volvió número y perdió dígitos; dé formato de texto a la columna y escríbalo de nuevo',
    missing: () => 'es nuevo, y falta esto',
    contradiction: (detail) => `la línea ${detail} dice otra cosa del mismo`,
    'repeated-row': (detail) => `igual a la línea ${detail}`,
    'line-order': () =>
      'las líneas de un teléfono son 1, 2, 3 …, ninguna dos veces, ninguna salteada; o deje todas en blanco',
    'unknown-registrar': (detail) => `la configuración no tiene ese registrar; conocidos: ${detail || 'ninguno'}`,
    'unknown-extension': () => 'no existe ese interno, y ninguna fila lo crea',
    'not-served': (detail) => `${detail} no lee ninguno de los formatos que esta versión escribe`,
    'too-many-lines': (detail) => `este teléfono no tiene más de ${detail} líneas`,
    'not-carried': (detail) => `el formato del teléfono no puede llevar un valor tal cual: ${inSpanish(detail)}`,
    'fewer-lines': (detail) =>
      `el teléfono perdería ${detail}; nombre todas sus líneas, o permítalo con --allow fewer-lines`,
    softphone: (detail) => `el interno de un softphone no puede ser línea de un teléfono (${detail})`,
    comodato: () =>
      'en comodato: lo cambia el proveedor, con un ticket a su Gestión Técnica; cuando esté acordado: --allow comodato',
    customer: () => 'es del cliente; con su consentimiento: --allow customer',
    'key-in-use': () => 'un teléfono trabaja con su clave, usuario y registrar: wisp-edge rotate le lleva otra clave',
    'delegate-without-email': () => 'DELEGAR le escribe al usuario: sin correo no le llega a nadie',
    'establish-incomplete': (detail) =>
      `ESTABLECER pide que todos los internos del registrar lo digan y tengan un correo; faltan: ${detail}`,
    'in-rotation': (detail) => `está en la rotación ${detail}`,
  },
  counts: (counts) =>
    `nuevos ${counts.new}, cambian ${counts.changed}, iguales ${counts.same}, rechazadas ${counts.refused}`,
  ends: {
    written: 'escrito, como un solo cambio',
    dryRun: 'prueba: no se escribió nada',
    refused: 'no se escribió nada: una planilla se toma entera; corrija las líneas rechazadas, o quítelas',
    nothing: 'nada que escribir: ya está todo así',
  },
  faults: {
    file: fileFault,
    unreadable: (path) => `no se puede leer el archivo ${path}`,
    unwritable: (path) => `no se puede escribir el archivo ${path}`,
    exists: (path) => `el archivo ${path} ya existe; no se sobrescribió nada`,
  },
};

function fileFault(fault: FileFault): string {
  switch (fault.kind) {
    case 'empty':
      return 'la planilla está vacía: su primera fila deben ser los títulos';
    case 'no-subject-column':
      return 'la primera fila no tiene un título `mac` o `interno`: deben ser los títulos';
    case 'repeated-column':
      return `dos columnas llevan el título de ${fault.column}`;
    case 'web-key-column':
      return `la columna ${fault.at} tiene claves web. Una clave WEB no es una clave SIP y nunca se guarda aquí; quite la columna${
        fault.alsoSip === undefined
          ? ''
          : `. En ${fault.alsoSip.length === 1 ? 'la línea' : 'las líneas'} ${someOf(fault.alsoSip)} es además una clave SIP del archivo: quien lea la configuración de un teléfono tendría el portal; genere otra clave en el proveedor`
      }`;
    case 'unclear-key-column':
      return `la columna ${fault.at} tiene claves y no dice cuáles: póngale «clave SIP» si lo son; si no, quítela`;
    case 'malformed':
      return `la fila de la línea ${fault.line} no es CSV: una comilla sin cerrar, o texto después de una`;
    case 'too-many-rows':
      return `una planilla tiene ${fault.limit} filas como máximo; haga varias`;
    case 'too-large':
      return `una planilla tiene ${fault.limit} bytes como máximo; haga varias`;
  }
}
