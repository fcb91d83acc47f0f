import { COLUMNS } from '../../../schemas/planilla.ts';
import { expect, test } from 'vitest';
import { readHeader } from './columns.ts';

test('headings are read in English and Spanish, whatever their case, accents and signs', () => {
  const spanish = ['MAC', 'Marca', 'Modelo', 'Etiqueta', 'Línea', 'INTERNO', 'Nombre', 'Usuario SIP', 'Registrar'];
  expect(
    readHeader([...spanish, 'Dueño', 'Lugar', 'Correo electrónico', 'softphone', 'N.º de serie', 'Acceso web']),
  ).toEqual({
    header: { columns: COLUMNS, ignored: [] },
  });
  expect(readHeader(COLUMNS)).toEqual({ header: { columns: COLUMNS, ignored: [] } });
  expect(readHeader(['N.º de línea', 'mac address', 'Clave SIP'])).toEqual({
    header: { columns: ['line', 'mac', 'sipKey'], ignored: [] },
  });
});

test('a column that a planilla does not have is passed over and told', () => {
  expect(readHeader(['mac', 'Notas', ''])).toEqual({ header: { columns: ['mac', null, null], ignored: ['Notas'] } });
});

test.each(['Clave WEB', 'clave del portal', 'Web password', 'Contraseña IPLAN SPHONE', 'web key'])(
  'a web key is no SIP key: a file with a column %s is refused, and what stands there is not repeated',
  (heading) => {
    expect(readHeader(['interno', heading])).toEqual({ fault: { kind: 'web-key-column', at: 2 } });
  },
);

test.each(['Clave', 'contraseña', 'Password', 'PIN', 'secret', 'key', 'Clave SIP vieja'])(
  'a column %s may hold either kind of key, and is refused',
  (heading) => {
    expect(readHeader([heading, 'interno'])).toEqual({ fault: { kind: 'unclear-key-column', at: 1 } });
  },
);

test('a row without a heading for phone or extension is no row of headings', () => {
  expect(readHeader(['AA:BB:CC:00:11:22', '1001'])).toEqual({ fault: { kind: 'no-subject-column' } });
  expect(readHeader(['nombre', 'marca'])).toEqual({ fault: { kind: 'no-subject-column' } });
});

test('two columns under one heading are refused, in two languages too', () => {
  expect(readHeader(['mac', 'interno', 'extension'])).toEqual({
    fault: { kind: 'repeated-column', column: 'extension' },
  });
});
