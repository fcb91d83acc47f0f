import { inSpanish } from '../../../schemas/told-es.ts';
import { said, text } from './text.ts';

interface Peer {
  readonly host: string;
  readonly port: number;
  /** tls: false, whatever the port; left out, the port tells. */
  readonly isPlain?: boolean;
}
interface PeerCertificate extends Peer {
  readonly sha256: string;
  readonly subject: string;
  readonly validTo: string;
}

const at = ({ host, port }: Peer): string => `${host}:${port}`;
const service = ({ port, isPlain = port === 8728 }: Peer): string => (isPlain ? 'api' : 'api-ssl');
/** Since 7.19 open connections are rows of the same name beside it. */
const API_SSL = '[find where name="api-ssl" !dynamic]';
const GIVE_CERTIFICATE =
  '/certificate add name=wisp-edge-api common-name=wisp-edge-api days-valid=3650; /certificate sign wisp-edge-api; ' +
  `/ip service set ${API_SSL} certificate=wisp-edge-api`;
/** A name of its own: on a router that we enrolled the one above is taken, maybe by the certificate that is over. */
const RENEW_CERTIFICATE =
  '/certificate add name=wisp-edge-api-2 common-name=wisp-edge-api-2 days-valid=3650; /certificate sign wisp-edge-api-2; ' +
  `/ip service set ${API_SSL} certificate=wisp-edge-api-2`;

/** The way to the router: TCP, TLS, login, rights. */
export const ACCESS_TEXTS = {
  'api-refused': text(
    'error',
    (seen: Peer) =>
      said(
        `${at(seen)} refuses the connection: the API service is off, or moved to another port`,
        `/ip service print; /ip service enable ${service(seen)}; /ip service set ${service(seen)} port=${seen.port}`,
      ),
    (seen) =>
      said(
        `${at(seen)} rechaza la conexión: el servicio API está apagado o en otro puerto`,
        `/ip service print; /ip service enable ${service(seen)}; /ip service set ${service(seen)} port=${seen.port}`,
      ),
  ),
  'api-reset': text(
    'error',
    (seen: Peer) =>
      said(
        `${at(seen)} takes the connection and resets it at once: address= of the service does not name this box`,
        `/ip service print detail; /ip service set ${service(seen)} address=<this box>/32`,
      ),
    (seen) =>
      said(
        `${at(seen)} acepta la conexión y la corta (RST) enseguida: address= del servicio no incluye a este equipo`,
        `/ip service print detail; /ip service set ${service(seen)} address=<este equipo>/32`,
      ),
  ),
  'api-closed': text(
    'error',
    (seen: Peer) =>
      said(
        `${at(seen)} takes the connection and closes it before the login: max-sessions is reached, or address= bars this box`,
        `/user active print; /ip service print detail; /ip service set ${service(seen)} address=<this box>/32`,
      ),
    (seen) =>
      said(
        `${at(seen)} acepta la conexión y la cierra antes del inicio de sesión: se alcanzó max-sessions, o address= excluye a este equipo`,
        `/user active print; /ip service print detail; /ip service set ${service(seen)} address=<este equipo>/32`,
      ),
  ),
  'api-timeout': text(
    'error',
    (seen: Peer) =>
      said(
        `${at(seen)} does not answer: wrong address, no route, or the input chain drops it`,
        `/ip firewall filter add chain=input protocol=tcp dst-port=${seen.port} src-address=<this box> action=accept place-before=[:pick [/ip firewall filter find where chain=input !dynamic] 0]`,
      ),
    (seen) =>
      said(
        `${at(seen)} no responde: dirección equivocada, sin ruta, o la cadena input lo descarta`,
        `/ip firewall filter add chain=input protocol=tcp dst-port=${seen.port} src-address=<este equipo> action=accept place-before=[:pick [/ip firewall filter find where chain=input !dynamic] 0]`,
      ),
  ),
  'api-unreachable': text(
    'error',
    ({ why, ...seen }: Peer & { why: string }) =>
      said(
        `${at(seen)} cannot be reached: ${why}`,
        'Check the name or address, cable, VLAN and route: ip route get <router>',
      ),
    ({ why, ...seen }) =>
      said(
        `no se llega a ${at(seen)}: ${inSpanish(why)}`,
        'Revise nombre o dirección, cable, VLAN y ruta: ip route get <router>',
      ),
  ),
  'api-mute': text(
    'error',
    (seen: Peer) =>
      said(
        `${at(seen)} is open and says nothing: port and tls do not fit together (8728 plain, 8729 TLS), or the router hangs`,
        '/system resource print; /ip service print',
      ),
    (seen) =>
      said(
        `${at(seen)} está abierto y no dice nada: puerto y tls no concuerdan (8728 sin cifrar, 8729 TLS), o el router está colgado`,
        '/system resource print; /ip service print',
      ),
  ),
  'api-plain': text(
    'warning',
    (seen: Peer) =>
      said(
        `the API is used without encryption (${at(seen)}): the password crosses the network in clear`,
        GIVE_CERTIFICATE,
      ),
    (seen) => said(`la API se usa sin cifrado (${at(seen)}): la contraseña cruza la red en claro`, GIVE_CERTIFICATE),
  ),
  'tls-not-pinned': text(
    'error',
    (seen: PeerCertificate) =>
      said(
        `no certificate is pinned yet. ${at(seen)} shows sha256:${seen.sha256} (${seen.subject}, until ${seen.validTo})`,
        `Compare it on the router with /certificate print detail (fingerprint). If it is the same: tls: { pin: "sha256:${seen.sha256}" }`,
      ),
    (seen) =>
      said(
        `aún no hay certificado fijado. ${at(seen)} muestra sha256:${seen.sha256} (${seen.subject}, hasta ${seen.validTo})`,
        `Compárelo en el router con /certificate print detail (fingerprint). Si es igual: tls: { pin: "sha256:${seen.sha256}" }`,
      ),
  ),
  'tls-wrong-pin': text(
    'error',
    (seen: PeerCertificate) =>
      said(
        `${at(seen)} shows another certificate than the pinned one: sha256:${seen.sha256} (${seen.subject}, until ${seen.validTo})`,
        `/certificate print detail on the router. Only if its fingerprint is the same: tls: { pin: "sha256:${seen.sha256}" }. Else somebody is in between.`,
      ),
    (seen) =>
      said(
        `${at(seen)} muestra un certificado distinto del fijado: sha256:${seen.sha256} (${seen.subject}, hasta ${seen.validTo})`,
        `/certificate print detail en el router. Solo si su fingerprint es igual: tls: { pin: "sha256:${seen.sha256}" }. Si no, hay alguien en el medio.`,
      ),
  ),
  'tls-untrusted': text(
    'error',
    ({ isSelfSigned, why, ...seen }: PeerCertificate & { isSelfSigned: boolean; why: string }) =>
      said(
        `${at(seen)}: the given ca did not sign this certificate (${isSelfSigned ? 'it is self-signed' : why})`,
        isSelfSigned
          ? `Compare on the router with /certificate print detail, then pin it: tls: { pin: "sha256:${seen.sha256}" }`
          : '/certificate export-certificate <ca> on the router, and name that file: tls: { ca: FILE }',
      ),
    ({ isSelfSigned, why, ...seen }) =>
      said(
        `${at(seen)}: la ca indicada no firmó este certificado (${isSelfSigned ? 'es autofirmado' : inSpanish(why)})`,
        isSelfSigned
          ? `Compárelo en el router con /certificate print detail y fíjelo: tls: { pin: "sha256:${seen.sha256}" }`
          : '/certificate export-certificate <ca> en el router, e indique ese archivo: tls: { ca: ARCHIVO }',
      ),
  ),
  'tls-expired': text(
    'error',
    (seen: PeerCertificate) =>
      said(
        `the certificate of ${at(seen)} is not valid now (until ${seen.validTo})`,
        `${RENEW_CERTIFICATE}; then pin the new one`,
      ),
    (seen) =>
      said(
        `el certificado de ${at(seen)} no es válido ahora (hasta ${seen.validTo})`,
        `${RENEW_CERTIFICATE}; luego fije el nuevo`,
      ),
  ),
  'tls-expires-soon': text(
    'warning',
    ({ days, ...seen }: PeerCertificate & { days: number }) =>
      said(
        `the certificate of ${at(seen)} ends in ${days} days (${seen.validTo})`,
        `${RENEW_CERTIFICATE}; then pin the new one`,
      ),
    ({ days, ...seen }) =>
      said(
        `el certificado de ${at(seen)} vence en ${days} días (${seen.validTo})`,
        `${RENEW_CERTIFICATE}; luego fije el nuevo`,
      ),
  ),
  'tls-anonymous': text(
    'error',
    (seen: Peer) =>
      said(
        `${at(seen)} has no certificate and offers anonymous Diffie-Hellman: it is refused, for anybody in between could pose as the router and read the password`,
        GIVE_CERTIFICATE,
      ),
    (seen) =>
      said(
        `${at(seen)} no tiene certificado y ofrece Diffie-Hellman anónimo: se rechaza, pues cualquiera en el medio podría hacerse pasar por el router y leer la contraseña`,
        GIVE_CERTIFICATE,
      ),
  ),
  'tls-failed': text(
    'error',
    ({ why, ...seen }: Peer & { why: string }) =>
      said(
        `no TLS with ${at(seen)}: ${why}`,
        '/ip service print detail: is this api-ssl (8729), with a certificate, tls-version=only-1.2?',
      ),
    ({ why, ...seen }) =>
      said(
        `no hay TLS con ${at(seen)}: ${inSpanish(why)}`,
        '/ip service print detail: ¿es api-ssl (8729), con certificado, tls-version=only-1.2?',
      ),
  ),
  'login-refused': text(
    'error',
    ({ user }: { user: string }) =>
      said(
        `the router refuses user ${user}: wrong password, user disabled, its address= without this box, or a group without api`,
        `/user print detail where name=${user}; /user set ${user} disabled=no address=<this box>/32 password=<that of its password file>; /user group print`,
      ),
    ({ user }) =>
      said(
        `el router rechaza al usuario ${user}: contraseña equivocada, usuario deshabilitado, su address= sin este equipo, o un grupo sin api`,
        `/user print detail where name=${user}; /user set ${user} disabled=no address=<este equipo>/32 password=<la de su archivo de contraseña>; /user group print`,
      ),
  ),
  'policy-missing': text(
    'error',
    (seen: RightsSeen<string | null>) =>
      said(
        `${seen.group === null ? `the group of user ${seen.user}` : `group ${seen.group}`} lacks ${seen.policies.join(', ')}: wisp-edge cannot do its work`,
        isKnown(seen)
          ? addRights(seen)
          : `See the group of ${seen.user} with /user print detail, and put the user into a group of its own with policy=read,write,api.`,
      ),
    (seen) =>
      said(
        `${seen.group === null ? `al grupo del usuario ${seen.user}` : `al grupo ${seen.group}`} le falta ${seen.policies.join(', ')}: wisp-edge no puede hacer su trabajo`,
        isKnown(seen)
          ? addRights(seen)
          : `Vea el grupo de ${seen.user} con /user print detail, y ponga el usuario en un grupo propio con policy=read,write,api.`,
      ),
  ),
  'policy-excess': text(
    'warning',
    (seen: RightsSeen<string>) =>
      said(`group ${seen.group} may more than is needed: ${seen.policies.join(', ')}`, leastRights(seen)),
    (seen) => said(`el grupo ${seen.group} puede más de lo necesario: ${seen.policies.join(', ')}`, leastRights(seen)),
  ),
};

interface RightsSeen<Group> {
  /** Null where `/user` may not be read. */
  readonly group: Group;
  readonly user: string;
  /** True when the group is none that RouterOS comes with, and our user is alone in it. */
  readonly isOwn: boolean;
  /** Every policy the router knows beside those we need; empty where the group was not seen. */
  readonly denied: readonly string[];
  /** A name that no group has yet. */
  readonly newGroup: string;
  readonly policies: readonly string[];
}

function isKnown(seen: RightsSeen<string | null>): seen is RightsSeen<string> {
  return seen.group !== null && (seen.isOwn || seen.denied.length > 0);
}

function addRights(seen: RightsSeen<string>): string {
  return seen.isOwn ? `/user group set ${seen.group} policy=read,write,api` : moveOut(seen);
}

function leastRights(seen: RightsSeen<string>): string {
  if (!seen.isOwn) return moveOut(seen);
  return `/user group set ${seen.group} policy=${seen.policies.map((policy) => `!${policy}`).join(',')}`;
}

/** Other people's groups are not changed: a group of our own, and our user into it. */
function moveOut({ user, denied, newGroup: name }: RightsSeen<string>): string {
  const policy = ['read', 'write', 'api', ...denied.map((word) => `!${word}`)].join(',');
  return `/user group add name=${name} policy=${policy}; /user set ${user} group=${name}`;
}
