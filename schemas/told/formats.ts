import type { Told } from './told.ts';

/** Why a phone's format cannot carry a value, or a phone so many lines. */
export const TOLD_OF_FORMATS: Told = {
  '{}: {} may not be empty: an empty value clears or keeps the old one':
    '{}: {} no puede estar vacío: un valor vacío borra o conserva el anterior',
  '{}: {} holds a control character or a line break': '{}: {} contiene un carácter de control o un salto de línea',
  '{}: {} may not begin or end with a blank': '{}: {} no puede empezar ni terminar con un espacio',
  '{}: %NULL% clears a value, it cannot be one ({})': '{}: %NULL% borra un valor, no puede ser uno ({})',
  '{}: {} holds a character that ISO-8859-1 has not': '{}: {} contiene un carácter que ISO-8859-1 no tiene',
  '{}: {} holds a quote or a backslash, which has no written form here':
    '{}: {} contiene una comilla o una barra invertida, que aquí no tiene forma escrita',
  '{}: {} holds a %, which the phone takes for a placeholder':
    '{}: {} contiene un %, que el teléfono toma por variable',
  '{}: transport {} has no name here, its phones are told udp only':
    '{}: el transporte {} no tiene nombre aquí: a sus teléfonos solo se les dice udp',
  '{}: {} may not hold # or ;': '{}: {} no puede contener # ni ;',
  '{}: {} may not hold << or >>': '{}: {} no puede contener << ni >>',
  '{}: {} may not hold a $: the phone may replace what follows it':
    '{}: {} no puede contener un $: el teléfono puede reemplazar lo que le sigue',
  '{}: {} may hold ASCII characters only': '{}: {} solo puede contener caracteres ASCII',
  '{}: {} may not begin or end with a blank: names are padded with them':
    '{}: {} no puede empezar ni terminar con un espacio: los nombres se rellenan con ellos',
  '{}: {} may have {} bytes of UTF-8 at most': '{}: {} puede tener a lo sumo {} bytes de UTF-8',
  '{}: {} may not begin with ! or ^, which are prefixes': '{}: {} no puede empezar con ! ni ^, que son prefijos',
  '{}: {} may not hold # or ": one opens a comment, the other a quotation':
    '{}: {} no puede contener # ni ": uno abre un comentario, la otra una cita',
  '{}: {} needs a host name or an IPv4 address, and no more than a port and a path after it':
    '{}: {} necesita un nombre o una dirección IPv4, y nada más que un puerto y una ruta después',
  '{}: {} may not be longer than {} bytes': '{}: {} no puede tener más de {} bytes',
  '{}: {} may not hold a double quote': '{}: {} no puede contener comillas dobles',
  '{}: {} may not hold a macro': '{}: {} no puede contener una macro',
  '{}: its format has names for {} lines': '{}: su formato tiene nombres para {} líneas',
  '{}: a {} has no more than {} lines': '{}: un {} no tiene más de {} líneas',
  '{}: its phones read no file in {}, but in {}': '{}: sus teléfonos no leen archivos en {}, sino en {}',
  '{}: its phones read no file in {}': '{}: sus teléfonos no leen archivos en {}',
  '{}: no way to encrypt its files is known, so encryption cannot be required of it':
    '{}: no se conoce cómo cifrar sus archivos, así que no se le puede exigir cifrado',
  '{}: its URL is one of encrypted files, which its phones cannot read with that key':
    '{}: su URL es de archivos cifrados, que sus teléfonos no pueden leer con esa clave',
  'the file of provisioner.tls.clientCa for {} holds no certificate (PEM)':
    'el archivo de provisioner.tls.clientCa para {} no tiene ningún certificado (PEM)',
  'the file of provisioner.tls.clientCa for {} holds an authority of {} too':
    'el archivo de provisioner.tls.clientCa para {} tiene también una autoridad de {}',
  'the file of provisioner.tls.clientCa for {} holds what is no certificate':
    'el archivo de provisioner.tls.clientCa para {} tiene algo que no es un certificado',
  'Give it the CA certificates that the vendor hands out for its phones, as PEM.':
    'Dele los certificados de CA que el fabricante entrega para sus teléfonos, en PEM.',
  'phones and extensions of the planilla are being changed all the time':
    'los teléfonos e internos de la planilla están cambiando todo el tiempo',
  'the same planilla came twice at once': 'la misma planilla llegó dos veces a la vez',
};
