import { doctorEs } from './doctor-es.js';

/** @import { findingsEn, reasonsEn } from './reasons-en.js' */

/**
 * Por qué una operación está retenida o falló: qué significa y qué hacer. La forma larga es docs/reasons.md.
 *
 * @type {typeof reasonsEn}
 */
export const reasonsEs = {
  brake: {
    what: 'El freno: más cambios de los que admite su ventana',
    todo: 'No se escribió nada. Compruebe que los cambios sean correctos y libere las operaciones por nombre: POST /v1/routers/{id}/release.',
  },
  'portal-unknown': {
    what: 'No se conoce ninguna dirección del portal',
    todo: 'Un abonado cortado no podría llegar a la página de pago. Corrija el DNS o agent.portal.resolvers, o indique una dirección en agent.portal.addresses. Sigue sola.',
  },
  'foreign-row': {
    what: 'Una fila que no es nuestra lo impide',
    todo: 'Elimine esa fila en el router, o que pase a nuestro cargo (wisp-edge routers claim). Después averigüe qué programa la escribió.',
  },
  'duplicate-address': {
    what: 'Dos abonados tienen la misma dirección',
    todo: 'Corrija la dirección de uno de ellos: el corte podría tocarle al equivocado.',
  },
  'address-refused': {
    what: 'Una dirección que no puede ser de un abonado',
    todo: 'Es loopback, link-local, multicast, demasiado amplia, del router o de su puerta de enlace, liberada por WispHub, o fuera de los prefijos del router. Corríjala.',
  },
  'address-in-use': {
    what: 'Otra persona usa la dirección en el router',
    todo: 'Mire /ppp active e /ip dhcp-server lease, y corrija la dirección, el nombre PPP o la MAC del abonado. Sigue sola.',
  },
  'not-online': {
    what: 'El abonado no está conectado y no se conoce su dirección',
    todo: 'Sigue sola cuando se conecta. Si está conectado, compare cómo está escrito su nombre PPP o su MAC.',
  },
  'empty-snapshot': {
    what: 'La foto no nombra a nadie',
    todo: 'Envíe la foto correcta con una generación mayor. Si el sitio de verdad está vacío, libérela.',
  },
  expired: { what: 'Se le pasó la hora antes de empezar', todo: 'Envíela de nuevo, si todavía se quiere.' },
  'auto-cut-off': {
    what: 'El abonado está marcado: no cortar automáticamente',
    todo: 'Decide una persona: ponga autoCut: true, o reponga al abonado.',
  },
  'auto-notice-off': {
    what: 'El abonado está marcado: sin avisos automáticos',
    todo: 'Decide una persona: ponga autoNotice: true, o termine el aviso.',
  },
  'router-not-managed': {
    what: 'El router solo se observa',
    todo: 'Mire wisp-edge plan; cuando sea lo que quiere, ponga mode: manage y recargue. Un router que se toma de WispHub, o que se devolvió: wisp-edge adopt ROUTER muestra el paso que sigue, y mode queda como está.',
  },
  'router-not-claimed': {
    what: 'El router no fue reclamado',
    todo: 'wisp-edge adopt ROUTER, luego wisp-edge adopt ROUTER --step claim.',
  },
  'wisphub-writes': {
    what: 'WispHub todavía escribe en el router',
    todo: 'Desactive cortes y avisos de este router en el panel de WispHub y deshabilite su usuario; sigue solo un día después de la última escritura.',
  },
  'router-degraded': {
    what: 'Las filas están, pero el router no está sano',
    todo: 'Corrija los hallazgos del router: cada uno dice cómo. Sigue sola.',
  },
  'unknown-router': {
    what: 'La configuración no tiene este router',
    todo: 'Agréguelo a agent.routers y recargue, o corrija el router del abonado.',
  },
  'unknown-subscriber': { what: 'Nadie conoce a este abonado', todo: 'Haga primero PUT del abonado.' },
  'unknown-operation': { what: 'Nombra operaciones que no esperan nada', todo: 'Tome los ids del plan.' },
  'central-stale': {
    what: 'La plataforma central lleva demasiado tiempo callada',
    todo: 'Corrija el enlace con la plataforma: hasta entonces no empieza ningún corte nuevo.',
  },
  'cut-outranks': {
    what: 'Se muestra otra página de mayor rango',
    todo: 'No hay que hacer nada: se mostrará cuando termine la otra.',
  },
  'no-ipv4': {
    what: 'El abonado no tiene dirección IPv4',
    todo: 'Los avisos en pantalla la necesitan. Agréguela, o termine el aviso.',
  },
  'awaiting-key': {
    what: 'Espera la clave nueva',
    todo: 'Cambie la clave en el proveedor y luego indíquela: wisp-edge rotate key ROTACIÓN NÚMERO.',
  },
  'probe-mode-unproven': {
    what: 'No está comprobado que la prueba sea inofensiva en este registrar',
    todo: 'Pruébelo con un interno de prueba, luego ponga probeMode en el registrar y recargue.',
  },
  'unknown-registrar': {
    what: 'La configuración no tiene este registrar',
    todo: 'Agréguelo a provisioner.registrars y recargue, o corrija el interno.',
  },
  'unknown-extension': { what: 'El interno se borró mientras tanto', todo: 'Nada, o créelo de nuevo.' },
  'unknown-phone': { what: 'El teléfono se borró mientras tanto', todo: 'Nada, o créelo de nuevo.' },
  'no-sip-key': { what: 'El interno no tiene clave SIP', todo: 'Póngale una, o envíe la clave con el pedido.' },
  'key-invalid': {
    what: 'El registrar rechaza la clave',
    todo: 'Compare número, authUser y clave con el portal del proveedor.',
  },
  'registrar-locked': {
    what: 'El registrar nos bloquea, o bloquea al interno',
    todo: 'Pregunte al proveedor si el interno o la dirección de este equipo están bloqueados. Por un rato no se envía nada.',
  },
  'registrar-unreachable': {
    what: 'El registrar no responde',
    todo: 'Revise el camino: ping, y el firewall para el puerto de su uri.',
  },
  'sip-unsupported': {
    what: 'El registrar exige algo que no conocemos',
    todo: 'La evidencia tiene sus palabras: infórmelo con ellas.',
  },
  'sip-indeterminate': {
    what: 'La conexión se perdió durante la prueba',
    todo: 'De la clave no se sabe nada. Pida otra vez.',
  },
  'refusals-spent': {
    what: 'Seis rechazos en esta hora',
    todo: 'Más podrían bloquear al interno. Sigue sola cuando pase la hora.',
  },
  'phone-not-registered': {
    what: 'El registrar no conoce ningún contacto del teléfono',
    todo: 'Revise que el teléfono tenga corriente y red.',
  },
  'phone-silent': {
    what: 'El teléfono no descargó su configuración',
    todo: 'Mire cuándo se lo vio por última vez; si hace falta, reinícielo a mano.',
  },
  'phone-not-served': {
    what: 'Un teléfono que funciona no recibiría sus líneas nuevas',
    todo: 'Agregue el registrar que falta y recargue, o corrija el interno: hasta entonces su línea se deja como está.',
  },
  'rolled-back': {
    what: 'Revertido: la clave nueva no sirve',
    todo: 'El teléfono conserva la vieja. Obtenga la correcta del proveedor y cámbiela otra vez.',
  },
  'needs-support': {
    what: 'No puede seguir ni volver por sí sola',
    todo: 'Lea la evidencia del cambio; corrija la clave en el proveedor, reinicie el teléfono y rote o valide otra vez.',
  },
  cancelled: {
    what: 'Una persona la canceló',
    todo: 'Nada. Si la clave ya se cambió en el proveedor, cámbiela otra vez aquí.',
  },
};

/** @type {typeof findingsEn} */
export const findingsEs = {
  ...doctorEs,
  'router-error': 'La última pasada falló',
  'portal-no-ipv4': 'El portal no tiene dirección IPv4',
  'portal-list-full': 'Un host tiene más direcciones de las que guarda la lista',
  'write-refused': 'El router rechaza una escritura una y otra vez',
  'menu-missing': 'En este router falta un menú necesario',
  'menu-absent': 'En este router falta un menú opcional',
  'device-mode-proxy': 'device-mode impide el web proxy',
  'device-mode-flagged': 'RouterOS marcó este router (flagged)',
  'row-inactive': 'Hay filas nuestras que no surten efecto',
  'stranger-in-chain': 'Una regla ajena está en nuestra cadena',
  'row-blocked': 'Una fila ajena deshabilitada impide llegar a una dirección',
  brake: 'El freno retiene cortes',
  'central-silent': 'No se oye a la plataforma central desde hace una hora',
  'central-stale': 'La plataforma central lleva demasiado callada: no empieza ningún corte nuevo',
  'subscribers-of-no-router': 'Abonados de un router que no está configurado',
  'reload-refused': 'Se rechazó una configuración nueva',
  'login-link-expired': 'Enlaces de autologin de más de seis meses',
  orphans: 'Filas de corte de abonados que nadie conoce',
  'rows-of-nobody-yet': 'Filas nuestras, y no se conoce a ningún abonado del router',
  'foreign-cuts': 'La lista de corte tiene filas que no son nuestras',
  'notice-server-down': 'Nuestro servidor de avisos no escucha',
  'listener-source-nat': 'Los abonados llegan al servidor de avisos con otra dirección',
  'page-address-shared': 'Dos routers llevan una misma dirección a nuestro servidor de avisos',
  'proxy-left-on': 'El web proxy sigue encendido',
  'proxy-in-use': 'El web proxy ya estaba en uso',
  'portal-unknown': 'No se conoce ninguna dirección del portal',
  'portal-stale': 'El dominio del portal lleva una hora sin resolverse',
  'portal-any-target': 'El portal no tiene destino de CNAME',
  'portal-resolvers-silent': 'Ningún resolver responde por el portal',
  'portal-chain-broken': 'El dominio del portal no lleva a ninguna parte',
  'portal-chain-outside': 'El dominio del portal lleva a otra parte',
  'portal-config-ignored': 'Vale un portal que se envió, no el del archivo',
  'portal-admin-host': 'El dominio del portal lleva a un host del personal',
  'portal-no-alias': 'El dominio del portal no es un alias',
  'portal-resolvers-disagree': 'Los resolvers no coinciden sobre el portal',
  'portal-awaited': 'Los avisos esperan para llevar a otro portal',
  'portal-shrunk': 'Desapareció de golpe más de la mitad de las direcciones del portal',
  'portal-list-adopted': 'La lista del portal sigue el nombre que usa el router',
  'portal-list-other': 'Hay reglas que miran la otra forma del nombre de la lista del portal',
  'garden-unreachable': 'No se llega a un host del portal o del jardín amurallado',
  'garden-forward-unavailable': 'Este RouterOS no llena listas desde su DNS',
  'garden-forward-taken': 'Otra fila del DNS del router responde por un host del jardín',
  'garden-forward-refused': 'El router no admite filas en su DNS',
  'phone-dhcp-unavailable': 'A los teléfonos no se les dice nada: este router no tiene el menú del servidor DHCP',
  'phone-dhcp-no-network': 'Falta una red donde se les iba a decir a los teléfonos',
  'phone-dhcp-taken': 'Una red DHCP tiene opciones que no son nuestras',
  'phone-dhcp-no-server': 'Ningún servidor DHCP da concesiones en una red de teléfonos',
  'phone-dhcp-outranked': 'Un servidor DHCP va antes que lo que su red les dice a los teléfonos',
  'phone-dhcp-refused': 'El servidor DHCP no admite nuestras opciones',
  'garden-none-reached': 'No se llega a ningún host del jardín amurallado',
  'garden-dns-closed': 'El DNS del router no le responde a nadie',
  'garden-dns-brief': 'Lo que aprende el DNS del router sale pronto de la lista',
  'router-down': 'El router no responde',
  'router-unknown': 'El agente aún no informó',
  'router-not-converged': 'Queda algo por escribir',
  'provisioner-unknown': 'El provisioner aún no informó: no se sirve a los teléfonos',
  'provisioner-down': 'El provisioner está callado: quizá no se sirva a los teléfonos',
  'sip-not-ready': 'La pila SIP no está lista: no se pueden probar claves ni avisar a teléfonos',
};
