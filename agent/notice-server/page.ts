/** What the listener says, as one HTTP answer. */
export interface NoticeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const SHARED = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  connection: 'close',
  'content-security-policy': "default-src 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** A device that asked in the moment of a change asks again after so many seconds. */
const RETRY_SECONDS = 5;

/**
 * Leads to the notice: 302 for who only reads, 303 for every other method, so that a form is never sent to the portal.
 * The page with the link is for the few clients that do not follow.
 */
export function leadTo(url: string, method: string): NoticeAnswer {
  const link = escapeHtml(url);
  return {
    status: method === 'GET' || method === 'HEAD' ? 302 : 303,
    headers: { ...SHARED, location: headerText(url) },
    body: page(
      'Aviso · Notice',
      `<p>Su proveedor de internet tiene un <a href="${link}">aviso para usted</a>.</p>`,
      `<p lang="en">Your internet provider has a <a href="${link}">notice for you</a>.</p>`,
    ),
  };
}

/** For who is led here and has no notice (any more): his next try goes where he wanted. Never a redirect: it would loop. */
export function noNotice(): NoticeAnswer {
  return {
    status: 503,
    headers: { ...SHARED, 'retry-after': String(RETRY_SECONDS) },
    body: page(
      'Recargue · Reload',
      '<p>No hay aviso para esta conexión: su servicio está activo, recargue la página.</p>',
      '<p lang="en">There is no notice for this connection: your service is active, reload the page.</p>',
    ),
  };
}

function page(title: string, ...parts: readonly string[]): string {
  return `<!doctype html><html lang="es"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>${parts.join('')}\n`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A header takes visible ASCII alone; what the schema let through besides is written as a URL writes it. */
function headerText(url: string): string {
  return url.replace(/[^\x21-\x7e]/gu, (char) =>
    [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
