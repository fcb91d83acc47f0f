import { Type, type Static } from 'typebox';
import { AddressText } from '../address.ts';
import { Id } from '../ids.ts';
import { HostName } from '../portal.ts';
import { RouterMode } from '../router.ts';
import { SecretSource } from './secret-source.ts';

const ListName = Type.String({
  pattern: '^[A-Za-z0-9._-]{1,64}$',
  description: 'name of an address-list',
  examples: ['Moroso'],
});
const PortNumber = Type.Integer({ minimum: 1, maximum: 65535 });
/** An IP address, a prefix or a host name. */
const Reachable = Type.String({ minLength: 1, maxLength: 253 });
/** `ip` or `ip:port`. */
const Resolver = Type.String({ minLength: 2, maxLength: 60, description: 'ip or ip:port ([ip]:port for IPv6)' });

export const ListNames = Type.Object(
  {
    cutoff: Type.Unsafe<string>({ ...ListName, default: 'Moroso', description: 'address-list of cut subscribers' }),
    notice: Type.Unsafe<string>({
      ...ListName,
      default: 'Aviso',
      description: 'address-list of subscribers with a notice',
    }),
    portal: Type.Unsafe<string>({
      ...ListName,
      default: 'server_wisphub',
      description: 'address-list of the portal and the walled garden',
    }),
    always: Type.Unsafe<string>({
      ...ListName,
      default: 'wisp-edge-always',
      description: 'address-list of agent.alwaysReachable',
    }),
    once: Type.Unsafe<string>({
      ...ListName,
      default: 'wisp-edge-once',
      description: 'subscribers whose notice is shown once',
    }),
    seen: Type.Unsafe<string>({
      ...ListName,
      default: 'wisp-edge-seen',
      description: 'filled by the router: who has seen it',
    }),
  },
  { additionalProperties: false, default: {}, description: 'names of the address-lists on the routers' },
);
export type ListNames = Static<typeof ListNames>;

export const Brake = Type.Object(
  {
    percent: Type.Number({
      minimum: 0,
      maximum: 100,
      default: 10,
      description: 'new cuts an hour, % of the router’s subscribers',
    }),
    count: Type.Integer({ minimum: 0, default: 200, description: 'new cuts an hour and router, at most' }),
    floor: Type.Integer({
      minimum: 0,
      default: 10,
      description: 'so many an hour and router where `percent` would allow fewer; those before within the hour count',
    }),
    siteCount: Type.Integer({ minimum: 0, default: 1000, description: 'new cuts an hour and site, at most' }),
    windowMinutes: Type.Integer({ minimum: 1, maximum: 1440, default: 60, description: 'the sliding window, minutes' }),
  },
  { additionalProperties: false, default: {}, description: 'a larger change waits for a person (I8)' },
);
export type Brake = Static<typeof Brake>;

export const NoticeBackend = Type.Union([Type.Literal('web-proxy'), Type.Literal('notice-server')]);
export type NoticeBackend = Static<typeof NoticeBackend>;

export const NoticeServerSettings = Type.Object(
  {
    listen: Type.Object(
      {
        host: Type.String({ minLength: 1, maxLength: 253, description: 'IPv4 address to listen on; 0.0.0.0 for all' }),
        port: PortNumber,
      },
      { additionalProperties: false, description: 'where the agent’s own page server listens' },
    ),
    address: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 253,
        description: 'IPv4 address of this box that routers lead subscribers to; listen.host if left out',
      }),
    ),
  },
  { additionalProperties: false, description: 'for the notice-server back-end: port 80 is led to this box' },
);
export type NoticeServerSettings = Static<typeof NoticeServerSettings>;

export const NoticeSettings = Type.Object(
  {
    backend: Type.Unsafe<NoticeBackend>({
      ...NoticeBackend,
      default: 'web-proxy',
      description: 'web-proxy | notice-server; a router’s own backend outranks it',
    }),
    server: Type.Optional(NoticeServerSettings),
    port: Type.Unsafe<number>({ ...PortNumber, default: 999, description: 'port of the router’s web proxy' }),
    url: Type.String({
      pattern: '^https?://[^\\s"\\\\]{1,500}$',
      default: 'https://{domain}/aviso/{kind}/{subscriber}/',
      description: 'page of a notice; {domain} {kind} {subscriber} are filled in',
    }),
    seenMinutes: Type.Integer({
      minimum: 1,
      maximum: 43200,
      default: 1440,
      description: 'how long a notice with once stays away after it was seen',
    }),
  },
  { additionalProperties: false, default: {}, description: 'cut-off and notice pages' },
);
export type NoticeSettings = Static<typeof NoticeSettings>;

export const PortalConfig = Type.Object(
  {
    domain: Type.Unsafe<string>({ ...HostName, description: 'the portal’s domain' }),
    cnameTargets: Type.Array(HostName, {
      default: ['portal.wisphub.net'],
      description: 'where its CNAME chain may lead',
    }),
    addresses: Type.Array(Type.String(), {
      default: [],
      description: 'addresses kept reachable besides those that DNS gives',
    }),
    resolvers: Type.Array(Resolver, { default: [], description: 'DNS servers to ask; several are better than one' }),
    walledGarden: Type.Array(HostName, { default: [], description: 'bundles (recaptcha, paypal, …) or hosts' }),
    bundlesDir: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'folder with bundles of your own, a YAML or JSON file each; a name and hosts are enough',
      }),
    ),
    gardenForward: Type.Union(
      [Type.Boolean(), Type.String({ minLength: 2, maxLength: 45, examples: ['192.0.2.53'] })],
      {
        default: false,
        description:
          'true, or the ip of a resolver: the routers’ own DNS puts what subscribers resolve below a garden host into the portal list too (RouterOS 7.5 or later)',
      },
    ),
    adminHosts: Type.Array(HostName, {
      default: ['sistema.wisphub.net', 'server.wisphub.net', 'api.wisphub.net'],
      description: 'where staff work, not subscribers: it is an alarm when the domain leads there',
    }),
    checksBeforeSwitch: Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 3,
      description: 'good DNS checks in a row, about 20 s apart, before notices lead to another portal',
    }),
  },
  { additionalProperties: false, description: 'where notices lead, and what a cut subscriber can still reach' },
);
export type PortalConfig = Static<typeof PortalConfig>;

export const RouterTlsConfig = Type.Union(
  [
    Type.Object(
      {
        pin: Type.String({
          pattern: '^sha256:([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$',
          examples: ['sha256:<64 hex digits>'],
        }),
      },
      { additionalProperties: false },
    ),
    Type.Object({ ca: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
    Type.Literal(false),
  ],
  { description: '{ pin: "sha256:<hex>" } | { ca: file } | false (plain API)' },
);
export type RouterTlsConfig = Static<typeof RouterTlsConfig>;

/**
 * Codes that phones read for a URL (phones guide 1F): 66 nearly all, 160 Poly and Cisco, 114 Gigaset. 43 is left out though
 * Fanvil reads it: access points and set-top boxes read it too, each in its own way, and Fanvil reads 66 as well.
 */
export const PHONE_OPTION_CODES = [66, 114, 160] as const;

export const PhoneDhcpConfig = Type.Object(
  {
    networks: Type.Array(
      Type.String({ minLength: 7, maxLength: 18, description: 'IPv4 prefix', examples: ['10.5.0.0/24'] }),
      {
        minItems: 1,
        maxItems: 64,
        description: 'rows of /ip dhcp-server network, by their address: the networks where phones are',
      },
    ),
    options: Type.Array(Type.Union([Type.Literal(66), Type.Literal(114), Type.Literal(160)]), {
      minItems: 1,
      maxItems: 3,
      uniqueItems: true,
      default: [66, 160],
      description:
        '66 for nearly all phones, 160 for Poly and Cisco, 114 for Gigaset; devices with a screen take 114 for a captive portal',
    }),
    url: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s/]+(/[^\\s]*)?$',
        maxLength: 200,
        description: 'what the options say; provisioner.publicUrl if left out',
        examples: ['https://phones.example.net:8471/'],
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'the router’s DHCP server tells phones of these networks where to ask; off if left out',
  },
);
export type PhoneDhcpConfig = Static<typeof PhoneDhcpConfig>;

export const RouterConfig = Type.Object(
  {
    id: Type.Unsafe<string>({ ...Id, description: 'the router’s name in the API' }),
    host: Type.String({ minLength: 1, maxLength: 253, description: 'address or name of the router' }),
    port: Type.Optional(
      Type.Unsafe<number>({ ...PortNumber, description: '8729 with TLS, 8728 without, if left out' }),
    ),
    tls: RouterTlsConfig,
    user: Type.String({ minLength: 1, description: 'the router user made for wisp-edge' }),
    password: SecretSource,
    driver: Type.Union([Type.Literal('native'), Type.Literal('node-routeros')], {
      default: 'native',
      description: 'native | node-routeros',
    }),
    backend: Type.Optional(
      Type.Unsafe<NoticeBackend>({
        ...NoticeBackend,
        description: 'web-proxy | notice-server, for this router alone; agent.notices.backend if left out',
      }),
    ),
    portalList: Type.Optional(
      Type.Unsafe<string>({
        ...ListName,
        description:
          'the portal’s address-list on this router; if left out agent.lists.portal, or, where that has its default, the spelling the router uses',
      }),
    ),
    mode: Type.Unsafe<RouterMode>({ ...RouterMode, default: 'manage', description: 'manage | assist | observe' }),
    wisphubOff: Type.Optional(
      Type.Boolean({
        description:
          'WispHub writes no more to this router: your word for it where our user may not read /user; adopt --step manage waits without it',
      }),
    ),
    prefixes: Type.Optional(
      Type.Array(AddressText, {
        minItems: 1,
        maxItems: 256,
        description: 'where this router’s subscribers are, IPv4 and IPv6; if given, nobody outside is cut or noticed',
      }),
    ),
    phoneDhcp: Type.Optional(PhoneDhcpConfig),
    redirect: Type.Union([Type.Literal('auto'), Type.Literal('full-url'), Type.Literal('without-scheme')], {
      default: 'auto',
      description:
        'how notice URLs are written; auto: whole, until a self-test saw this router put http:// before them',
    }),
  },
  { additionalProperties: false },
);
export type RouterConfig = Static<typeof RouterConfig>;

/** A time zone that this Node knows is a rule between keys: `cli/config/rules.ts`. */
export const DoctorSchedule = Type.Object(
  {
    at: Type.Union([Type.String({ minLength: 9, maxLength: 100, examples: ['30 3 * * *'] }), Type.Literal(false)], {
      default: '30 3 * * *',
      description: 'when every router is looked over, as a cron line (minute hour day month weekday), or false',
    }),
    timeZone: Type.Optional(
      Type.String({
        minLength: 3,
        maxLength: 64,
        description: 'IANA name; the box’s own zone if left out',
        examples: ['America/Lima'],
      }),
    ),
  },
  { additionalProperties: false, default: {}, description: 'the nightly doctor: it reads, and writes nothing' },
);
export type DoctorSchedule = Static<typeof DoctorSchedule>;

export const AgentConfig = Type.Object(
  {
    lists: ListNames,
    brake: Brake,
    alwaysReachable: Type.Array(Reachable, {
      default: [],
      description: 'ip, prefix or host that a cut never blocks: registrar, provisioner, emergency',
    }),
    notices: NoticeSettings,
    portal: PortalConfig,
    doctor: DoctorSchedule,
    routers: Type.Array(RouterConfig, { description: 'the MikroTik routers' }),
    reconcileEverySeconds: Type.Integer({
      minimum: 5,
      maximum: 3600,
      default: 60,
      description: 'pause between full passes',
    }),
    commandTimeoutSeconds: Type.Integer({
      minimum: 1,
      maximum: 300,
      default: 10,
      description: 'deadline of one router command',
    }),
  },
  { additionalProperties: false },
);
export type AgentConfig = Static<typeof AgentConfig>;
