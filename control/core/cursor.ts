/** Opaque list cursors: base64url of the list's name and the store's own cursor, so that one list refuses another's. */
export function encodeCursor(list: string, position: string): string {
  return btoa(`${list}:${position}`).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The store's cursor, or null when the text is none of this list's. */
export function decodeCursor(list: string, cursor: string): string | null {
  if (!/^[A-Za-z0-9_-]{1,200}$/.test(cursor) || cursor.length % 4 === 1) return null;
  const text = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
  return text.startsWith(`${list}:`) ? text.slice(list.length + 1) : null;
}
