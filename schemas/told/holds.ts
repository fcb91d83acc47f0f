import type { Told } from './told.ts';

/** Why something waits on a router. */
export const TOLD_OF_HOLDS: Told = {
  '{} new after {} in {} min on this {}; {} are allowed':
    'nuevos: {}, tras {} que pasaron en {} min en este {}; se permiten {}',
  '{} new after {} in {} min on this {}; {} are allowed; declared {}, are {} new on the whole site':
    'nuevos: {}, tras {} que pasaron en {} min en este {}; se permiten {}; declaró {}, son {} cortes nuevos en todo el sitio',
  'the router is being given back: nothing new is put up': 'el router se está devolviendo: no se pone nada nuevo',
  site: 'sitio',
  'one snapshot names these subscribers and leaves {} of {} cut-offs out; {} are allowed':
    'una instantánea nombra a estos abonados y omite {} de {} cortes; se permiten {}',
  'row {} of list {} holds {} and is not ours': 'la fila {} de la lista {} contiene {} y no es nuestra',
  'row {} of list {} is disabled, is not ours and bars {}: a cut subscriber could not reach the portal':
    'la fila {} de la lista {} está deshabilitada, no es nuestra y cierra el paso a {}: un abonado cortado no llegaría al portal',
  'the router takes no row of {} in list {}: a cut subscriber could not reach the portal':
    'el router no acepta una fila de {} en la lista {}: un abonado cortado no llegaría al portal',
  'the router is in mode {}': 'el router está en modo {}',
  'a cut-off or a higher notice is shown instead': 'en su lugar se muestra un corte o un aviso superior',
  'the central platform was not heard for too long: what it asked for may be paid by now':
    'hace demasiado que no se sabe de la plataforma central: lo que pidió puede estar pagado ya',
  'the notice URL needs the portal’s domain': 'la URL del aviso necesita el dominio del portal',
  'the notice URL needs the portal’s domain, whose addresses are not known yet':
    'la URL del aviso necesita el dominio del portal, cuyas direcciones aún no se conocen',
  'the store knows no subscriber of this router: every row of WispHub would be nobody’s':
    'la base de datos no conoce abonados de este router: ninguna fila de WispHub sería de nadie',
  'the subscriber is marked autoCut: false': 'el abonado está marcado con autoCut: false',
  'the subscriber is marked autoNotice: false': 'el abonado está marcado con autoNotice: false',
  'an on-screen notice needs an IPv4 address': 'un aviso en pantalla necesita una dirección IPv4',
  'has the same ppp name as {}: {}': 'tiene el mismo nombre ppp que {}: {}',
  'has the same mac as {}: {}': 'tiene la misma mac que {}: {}',
  'shares an address with {}': 'comparte una dirección con {}',
  'no usable address': 'ninguna dirección utilizable',
  '{} is in use by {}': '{} está en uso por {}',
  'the DHCP client {} (subscriber {})': 'el cliente DHCP {} (abonado {})',
  'the DHCP client {}': 'el cliente DHCP {}',
  'the PPP user {} (subscriber {})': 'el usuario PPP {} (abonado {})',
  'the PPP user {}': 'el usuario PPP {}',
  'no address is declared, and the router shows no session and no bound lease':
    'no declara dirección, y el router no muestra sesión ni concesión DHCP',
  'a hand-back is under way: claim again when it is over, or turn it round by the step manage':
    'hay una devolución en curso: haga claim cuando termine, o dele la vuelta con el paso manage',
  'nobody claimed the router, or it was handed back since': 'nadie tomó el router, o fue devuelto desde entonces',
  '{} subscribers are on routers that the configuration does not have: {}':
    '{} abonados son de routers que la configuración no tiene: {}',
  'not reachable': 'no se alcanza',
  'nothing was accepted of the central platform since {}': 'no se aceptó nada de la plataforma central desde {}',
  ever: 'siempre',
  'the last pass left something to do': 'la última pasada dejó algo por hacer',
  '{}: no new cut starts': '{}: no empieza ningún corte nuevo',
  'the agent has not reported on it yet': 'el agente aún no informó sobre él',
  '{}; the earlier configuration stays in force': '{}; sigue vigente la configuración anterior',
  'it has not reported yet': 'aún no informó',
  'it has not reported for {} s': 'no informa desde hace {} s',
  'the SIP stack cannot send': 'la pila SIP no puede enviar',
  'router {} is not in the configuration': 'el router {} no está en la configuración',
  'a part follows earlier operations in a way that is not known: {}':
    'una parte sigue a operaciones anteriores de un modo desconocido: {}',
};
