import type { PhoneMessages } from './phone-messages.ts';

/** What became of a phone's request, in words; docs/phone-requests.md says what to do. */
export const REQUEST_WHY_EN: PhoneMessages['why'] = {
  served: () => 'it got its file',
  'not-ours': () => 'a healthy start asks for it; it is not ours to give',
  'not-its-file': () => 'no phone of its vendor asks for such a file',
  'other-vendor': (vendors) => `this looks like a phone of ${vendors}`,
  'other-mac': (mac) => `with its own token it asked for the file of ${mac}`,
  'token-of-another': (mac) => `asked with the token of ${mac}`,
  'token-unknown': () => 'asked with a token that is not its own',
  'token-replaced': () => 'asked with an old token; a newer one is in use',
  'enrolment-ended': () => 'this enrolment is over: enrol it again',
  'other-kind': () => 'the token is good, under the other path: /p/ and /e/ were mixed up',
  'no-token': () => 'asked without a token: its provisioning URL is not the one that enrolling gave',
  'not-enrolled': () => 'it was never enrolled: wisp-edge phones enrol MAC',
  'phone-unknown': () => 'no phone with this MAC address is known: wisp-edge phones put MAC',
  'method-refused': () => 'only GET and HEAD are answered; healthy for phones that put their logs',
  'value-not-carried': () => 'its file could not be written; the log says why',
  'vendor-not-served': () => 'its vendor and model have no format here',
};

/** The same in Spanish. */
export const REQUEST_WHY_ES: PhoneMessages['why'] = {
  served: () => 'recibió su archivo',
  'not-ours': () => 'un arranque sano lo pide; no nos toca darlo',
  'not-its-file': () => 'ningún teléfono de su fabricante pide un archivo así',
  'other-vendor': (vendors) => `parece un teléfono de ${vendors}`,
  'other-mac': (mac) => `con su propio token pidió el archivo de ${mac}`,
  'token-of-another': (mac) => `se pidió con el token de ${mac}`,
  'token-unknown': () => 'se pidió con un token que no es el suyo',
  'token-replaced': () => 'se pidió con un token viejo; ya se usa uno más nuevo',
  'enrolment-ended': () => 'esta alta terminó: dé de alta el teléfono otra vez',
  'other-kind': () => 'el token es bueno, por la otra ruta: se confundieron /p/ y /e/',
  'no-token': () => 'se pidió sin token: su URL de aprovisionamiento no es la que dio el alta',
  'not-enrolled': () => 'nunca se dio de alta: wisp-edge phones enrol MAC',
  'phone-unknown': () => 'no se conoce ningún teléfono con esta MAC: wisp-edge phones put MAC',
  'method-refused': () => 'solo se responden GET y HEAD; es sano en teléfonos que suben sus registros',
  'value-not-carried': () => 'no se pudo escribir su archivo; el log dice por qué',
  'vendor-not-served': () => 'su fabricante y modelo no tienen formato aquí',
};
