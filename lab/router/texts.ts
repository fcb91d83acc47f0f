/** What `npm run lab` says, in one language. */
export interface LabTexts {
  readonly help: (presets: readonly string[], versions: readonly string[]) => string;
  readonly runs: (id: string, version: string, preset: string) => string;
  readonly password: string;
  readonly browses: (address: string) => string;
  readonly ends: string;
  readonly refuses: (option: string, given: string, known: string) => string;
}

export const TEXTS: Readonly<Record<'en' | 'es', LabTexts>> = {
  en: {
    help: (presets, versions) => `npm run lab -- [options]

One lab router with DNS and a small internet behind it, until Ctrl-C. It prints what to write below \`agent:\`.

  --preset ${presets.join('|')}   what is on it (default home)
      empty    interfaces, addresses and a default route only
      home     the default configuration of a home router
      wisphub  a home router that WispHub set up, with what has drifted on it since
  --routeros ${versions.join('|')}     its RouterOS (default 7.24)
  --id ID                       its name (default rb-lab)
  --port PORT                   of its API (default: one that is free)
  --tls                         api-ssl with a certificate of its own instead of the plain API
  --user NAME                   who may log in (default edge); the password is LAB_PASSWORD, else "edge"
  --subscriber ADDRESS          opens a SOCKS5 port that browses as this subscriber; may be given more than once
  --lang es|en                  language
  -h, --help                    this help
`,
    runs: (id, version, preset) => `${id}: RouterOS ${version}, preset ${preset}. Below agent: in your configuration:`,
    password: 'The password in the environment of wisp-edge: LAB_PASSWORD=edge, if you gave no other here.',
    browses: (address) => `to browse as ${address}:`,
    ends: 'Ctrl-C ends it.',
    refuses: (option, given, known) => `${option} cannot be ${given}; possible: ${known}`,
  },
  es: {
    help: (presets, versions) => `npm run lab -- [opciones]

Un router de laboratorio con DNS y una pequeña internet detrás, hasta Ctrl-C. Imprime qué escribir bajo \`agent:\`.

  --preset ${presets.join('|')}   qué hay en él (por defecto home)
      empty    solo interfaces, direcciones y una ruta por defecto
      home     la configuración de fábrica de un router hogareño
      wisphub  un router hogareño que configuró WispHub, con lo que se desvió desde entonces
  --routeros ${versions.join('|')}     su RouterOS (por defecto 7.24)
  --id ID                       su nombre (por defecto rb-lab)
  --port PUERTO                 el de su API (por defecto uno libre)
  --tls                         api-ssl con un certificado propio en lugar de la API sin cifrar
  --user NOMBRE                 quién puede entrar (por defecto edge); la contraseña es LAB_PASSWORD, si no "edge"
  --subscriber DIRECCIÓN        abre un puerto SOCKS5 que navega como este abonado; se puede repetir
  --lang es|en                  idioma
  -h, --help                    esta ayuda
`,
    runs: (id, version, preset) => `${id}: RouterOS ${version}, preset ${preset}. Bajo agent: en su configuración:`,
    password: 'La contraseña, en el entorno de wisp-edge: LAB_PASSWORD=edge, si aquí no dio otra.',
    browses: (address) => `para navegar como ${address}:`,
    ends: 'Ctrl-C lo termina.',
    refuses: (option, given, known) => `${option} no puede ser ${given}; se puede: ${known}`,
  },
};
