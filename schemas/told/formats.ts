import type { Told } from './told.ts';

/** Why a phone's format cannot carry a value. */
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
};
