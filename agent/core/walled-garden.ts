import type { PortalHost } from './portal-list.ts';

/**
 * Hosts behind the bundle names an engineer may put into `walledGarden`. Standing: reCAPTCHA and PayPal are documented
 * by their vendors; the others were seen in use and are unverified. Hosts behind wildcards are named where known.
 */
const BUNDLES: Readonly<Record<string, readonly string[]>> = {
  recaptcha: ['www.google.com', 'www.gstatic.com', 'www.recaptcha.net'],
  paypal: ['www.paypal.com', 'www.paypalobjects.com', 'api.paypal.com'],
  stripe: ['js.stripe.com', 'api.stripe.com', 'checkout.stripe.com', 'm.stripe.network', 'hooks.stripe.com'],
  mercadopago: ['www.mercadopago.com', 'api.mercadopago.com', 'sdk.mercadopago.com', 'http2.mlstatic.com'],
  smartsupp: ['www.smartsuppchat.com', 'widget-v3.smartsuppcdn.com', 'bootstrap.smartsuppchat.com'],
  tidio: ['code.tidio.co', 'widget-v4.tidiochat.com', 'socket.tidio.co'],
  bitly: ['bit.ly', 'bitly.com'],
};

/** The hosts of a walled garden: bundles opened, plain hosts kept, each once. */
export function gardenHosts(entries: readonly string[]): readonly PortalHost[] {
  const hosts = new Set(entries.flatMap((entry) => BUNDLES[entry] ?? [entry]));
  return [...hosts].map((host) => ({ host: host.toLowerCase(), use: 'garden' }));
}
