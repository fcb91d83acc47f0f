import { inSpanish } from '../../../schemas/told-es.ts';
import { said, text } from './text.ts';

/** What is found of the DHCP options that tell phones where to ask (agent.routers[].phoneDhcp). */
export const PHONE_DHCP_TEXTS = {
  'phone-dhcp-unavailable': text(
    'warning',
    ({ router, menu }: { router: string; menu: string }) =>
      said(
        `${menu} is not on ${router}: its DHCP server tells phones nothing`,
        '/system package print: enable or install the package dhcp. Or take phoneDhcp out of this router’s configuration',
      ),
    ({ router, menu }) =>
      said(
        `falta ${menu} en ${router}: su servidor DHCP no les dice nada a los teléfonos`,
        '/system package print: active o instale el paquete dhcp. O quite phoneDhcp de la configuración de este router',
      ),
  ),
  'phone-dhcp-no-network': text(
    'warning',
    ({ router, network }: { router: string; network: string }) =>
      said(
        `/ip dhcp-server network of ${router} has no row of its own for ${network}: phones there are told nothing`,
        `/ip dhcp-server network print; then correct agent.routers[].phoneDhcp.networks, or make the network there`,
      ),
    ({ router, network }) =>
      said(
        `/ip dhcp-server network de ${router} no tiene una fila propia para ${network}: a los teléfonos de allí no se les dice nada`,
        `/ip dhcp-server network print; luego corrija agent.routers[].phoneDhcp.networks, o cree la red allí`,
      ),
  ),
  'phone-dhcp-taken': text(
    'warning',
    ({
      network,
      id,
      has,
      beside,
      url,
    }: {
      network: string;
      id: string;
      has: string;
      beside: string | null;
      url: string;
    }) =>
      said(
        `row ${id} of /ip dhcp-server network (${network}) has ${has}, which is not ours and stays: phones there are not led to ${url}`,
        beside === null
          ? `That set is gone from the router: /ip dhcp-server network set ${id} dhcp-option-set=none`
          : `${beside}. Or, where nobody needs what it has: /ip dhcp-server network set ${id} dhcp-option="" dhcp-option-set=none`,
      ),
    ({ network, id, has, beside, url }) =>
      said(
        `la fila ${id} de /ip dhcp-server network (${network}) tiene ${has}, que no es nuestro y queda: los teléfonos de allí no son llevados a ${url}`,
        beside === null
          ? `Ese conjunto ya no está en el router: /ip dhcp-server network set ${id} dhcp-option-set=none`
          : `${beside}. O, si nadie necesita lo que tiene: /ip dhcp-server network set ${id} dhcp-option="" dhcp-option-set=none`,
      ),
  ),
  'phone-dhcp-no-server': text(
    'warning',
    ({ router, network }: { router: string; network: string }) =>
      said(
        `no DHCP server that is on gives leases of ${network} on ${router}: phones there are told by somebody else, or by nobody`,
        '/ip dhcp-server print; /ip address print. Or take the network out of phoneDhcp.networks',
      ),
    ({ router, network }) =>
      said(
        `ningún servidor DHCP activo da concesiones de ${network} en ${router}: a los teléfonos de allí les dice otro, o nadie`,
        '/ip dhcp-server print; /ip address print. O quite la red de phoneDhcp.networks',
      ),
  ),
  'phone-dhcp-outranked': text(
    'warning',
    ({ network, id, server, set }: { network: string; id: string; server: string; set: string }) =>
      said(
        `the DHCP server ${server}, which serves ${network}, has dhcp-option-set=${set}: that outranks what its network says, so phones there may not be led here`,
        `Put our options into it: /ip dhcp-server option sets set [find name="${set}"] options=…,wisp-edge-phones-66; or, where nobody needs it: /ip dhcp-server set ${id} dhcp-option-set=none`,
      ),
    ({ network, id, server, set }) =>
      said(
        `el servidor DHCP ${server}, que atiende ${network}, tiene dhcp-option-set=${set}: va antes que lo que dice su red, y los teléfonos de allí quizá no llegan`,
        `Ponga allí nuestras opciones: /ip dhcp-server option sets set [find name="${set}"] options=…,wisp-edge-phones-66; o, si nadie lo necesita: /ip dhcp-server set ${id} dhcp-option-set=none`,
      ),
  ),
  'phone-dhcp-refused': text(
    'warning',
    ({ router, why }: { router: string; why: string }) =>
      said(
        `the DHCP server of ${router} does not take our options: ${why}. It is tried again after an hour; all else goes on`,
        '/ip dhcp-server option print; /ip dhcp-server network print. Or tell phones one by one: wisp-edge phones enrol MAC --dhcp routeros',
      ),
    ({ router, why }) =>
      said(
        `el servidor DHCP de ${router} no admite nuestras opciones: ${inSpanish(why)}. Se prueba de nuevo en una hora; todo lo demás sigue`,
        '/ip dhcp-server option print; /ip dhcp-server network print. O dígaselo a cada teléfono: wisp-edge phones enrol MAC --dhcp routeros',
      ),
  ),
};
