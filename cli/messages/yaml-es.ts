import type { ErrorCode } from 'yaml';

/** What is wrong with a YAML text, in Spanish, by the code of the library that reads it: a new code does not compile. */
export const YAML_ES: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'un alias no puede llevar ancla ni etiqueta',
  BAD_ALIAS: 'el alias no sirve',
  BAD_COLLECTION_TYPE: 'la etiqueta no corresponde a una lista o a un mapa',
  BAD_DIRECTIVE: 'la directiva no sirve',
  BAD_DQ_ESCAPE: 'hay un escape que no existe entre comillas dobles',
  BAD_INDENT: 'la sangría no corresponde',
  BAD_PROP_ORDER: 'el ancla o la etiqueta está en un lugar que no corresponde',
  BAD_SCALAR_START: 'el valor empieza con un carácter que solo puede ir entre comillas',
  BLOCK_AS_IMPLICIT_KEY: 'hay una clave dentro de otra en la misma línea',
  BLOCK_IN_FLOW: 'hay un bloque con sangría dentro de [ ] o { }',
  DUPLICATE_KEY: 'la clave está repetida',
  IMPOSSIBLE: 'el texto no se puede leer',
  KEY_OVER_1024_CHARS: 'la clave pasa de 1024 caracteres',
  MISSING_CHAR: 'falta un carácter',
  MULTILINE_IMPLICIT_KEY: 'la clave ocupa más de una línea',
  MULTIPLE_ANCHORS: 'hay más de un ancla en un mismo valor',
  MULTIPLE_DOCS: 'hay más de un documento en el archivo',
  MULTIPLE_TAGS: 'hay más de una etiqueta en un mismo valor',
  NON_STRING_KEY: 'la clave no es un texto',
  RESOURCE_EXHAUSTION: 'el texto anida demasiados niveles',
  TAB_AS_INDENT: 'hay un tabulador como sangría; use espacios',
  TAG_RESOLVE_FAILED: 'la etiqueta no se conoce',
  UNEXPECTED_TOKEN: 'hay algo que no va en ese lugar',
};
