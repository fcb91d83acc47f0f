import type { Told } from './told.ts';

/** What mends an error of the agent or the store; commands and settings stay as they are typed. */
export const TOLD_OF_REMEDIES: Told = {
  'Write it as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:53.':
    'Escríbala como 192.0.2.53, 192.0.2.53:5353 o [2001:db8::53]:53.',
  'Read the menu with a shorter .proplist or a query.': 'Lea el menú con un .proplist más corto o con una consulta.',
  "Check user and password in the config and in /user on the router, the user's address=, and that its group has the policies api, read and write. A lost password: /user set [find name={}] password=… on the router.":
    'Revise el usuario y la contraseña en la configuración y en /user del router, el address= del usuario, y que su grupo tenga las políticas api, read y write. Una contraseña perdida: /user set [find name={}] password=… en el router.',
  'Use driver: native for this router.': 'Use driver: native para este router.',
  'Unset DEBUG in the environment of the agent, or use driver: native.':
    'Quite DEBUG del entorno del agente, o use driver: native.',
  'The router is busy or hung: look at its CPU, or raise agent.commandTimeoutSeconds.':
    'El router está ocupado o colgado: mire su CPU, o suba agent.commandTimeoutSeconds.',
  'Check host, port and route to the router.': 'Revise el host, el puerto y la ruta hacia el router.',
  'The API service is off or on another port: /ip/service/print on the router.':
    'El servicio de la API está apagado o en otro puerto: /ip/service/print en el router.',
  'No route to the router, or it is off: check power, cable, VLAN and routes.':
    'No hay ruta hacia el router, o está apagado: revise energía, cable, VLAN y rutas.',
  'This machine has no route to the network of the router.': 'Este equipo no tiene ruta hacia la red del router.',
  'Nothing answers there: check the address, the route, and the input chain of the router.':
    'Ahí no responde nadie: revise la dirección, la ruta y la cadena input del router.',
  'The router reset the connection: check /ip/service address= and the input chain.':
    'El router cortó la conexión: revise address= en /ip/service y la cadena input.',
  'The host name of the router does not resolve: use its address.':
    'El nombre de host del router no se resuelve: use su dirección.',
  'The host name of the router does not resolve now: use its address.':
    'El nombre de host del router no se resuelve ahora: use su dirección.',
  'On the router see /ip/service: max-sessions reached (default 20), address= without this machine, or a TLS port asked without TLS.':
    'En el router vea /ip/service: max-sessions alcanzado (por omisión 20), address= sin este equipo, o un puerto TLS usado sin TLS.',
  'The port is open but mute: check that port and tls fit together (8728 plain, 8729 TLS), and the CPU load.':
    'El puerto está abierto pero mudo: revise que port y tls coincidan (8728 sin TLS, 8729 con TLS), y la carga de CPU.',
  'Check the certificate of /ip/service api-ssl and the tls setting of this router.':
    'Revise el certificado de api-ssl en /ip/service y el tls de este router en la configuración.',
  'The certificate is not signed by the given ca: export the right one, or use tls: { pin: … }.':
    'El certificado no está firmado por la ca dada: exporte la correcta, o use tls: { pin: … }.',
  'api-ssl has no certificate, so it offers anonymous Diffie-Hellman, where nobody is authenticated. Make one: /certificate/add name=api common-name=api; /certificate/sign api; /ip/service/set api-ssl certificate=api.':
    'api-ssl no tiene certificado y ofrece Diffie-Hellman anónimo, que no autentica a nadie. Cree uno: /certificate/add name=api common-name=api; /certificate/sign api; /ip/service/set api-ssl certificate=api.',
  'This port does not speak TLS: use api-ssl (8729), or tls: false for plain API.':
    'Este puerto no habla TLS: use api-ssl (8729), o tls: false para la API sin cifrar.',
  'The router offers only old TLS: upgrade it, or set /ip/service api-ssl tls-version=only-1.2.':
    'El router solo ofrece TLS antiguo: actualícelo, o ponga /ip/service api-ssl tls-version=only-1.2.',
  'The peer broke off the handshake: check that this port is api-ssl (8729) and has a certificate.':
    'Del otro lado cortaron el saludo TLS: revise que el puerto sea api-ssl (8729) y tenga certificado.',
  "Renew the router's certificate, or check this machine's clock.":
    'Renueve el certificado del router, o revise el reloj de este equipo.',
  "Check this machine's clock, and the clock of whoever made the certificate.":
    'Revise el reloj de este equipo, y el de quien hizo el certificado.',
  'Give api-ssl a certificate: /ip/service/set api-ssl certificate=….':
    'Dé un certificado a api-ssl: /ip/service/set api-ssl certificate=….',
  'If the certificate was renewed on purpose, put the new fingerprint into tls.pin. Else someone is in between.':
    'Si el certificado se renovó a propósito, ponga la nueva huella en tls.pin. Si no, hay alguien en medio.',
  'Allow the feature on the router: /system/device-mode/update proxy=yes, then press its button or cut its power within 5 minutes.':
    'Permita la función en el router: /system/device-mode/update proxy=yes, y pulse su botón o córtele la energía antes de 5 minutos.',
  'Check the router for foreign configuration, then /system/device-mode/update flagged=no and confirm at the device.':
    'Busque configuración ajena en el router; después /system/device-mode/update flagged=no, y confirme en el equipo.',
  'Check user and password of this router in the config and in /user on the router.':
    'Revise el usuario y la contraseña de este router en la configuración y en /user del router.',
  "Give the user's group the policies api, read, write, test and sensitive: /user/group/set policy=….":
    'Dé al grupo del usuario las políticas api, read, write, test y sensitive: /user/group/set policy=….',
  "Free space on the router's flash: /file/print, /system/resource/print.":
    'Libere espacio en la flash del router: /file/print, /system/resource/print.',
  'Write the file in chunks below 60 KiB.': 'Escriba el archivo en trozos de menos de 60 KiB.',
  'Write ASCII into rows of ours; give other text as its bytes, one character each.':
    'Escriba ASCII en nuestras filas; dé otro texto como sus bytes, un carácter cada uno.',
  'Check that host and port are those of /ip service api (8728, plain) or api-ssl (8729, TLS).':
    'Revise que host y puerto sean los de api (8728, sin TLS) o api-ssl (8729, TLS) en /ip service.',
  'Run `wisp-edge init`, or give the file to the user wisp-edge runs as.':
    'Ejecute `wisp-edge init`, o dé el archivo al usuario con el que corre wisp-edge.',
  'Stop that process first, or give this one another data folder.':
    'Detenga primero ese proceso, o dé a este otra carpeta de datos.',
  'Run `wisp-edge init`, or check that the data folder can be written.':
    'Ejecute `wisp-edge init`, o revise que se pueda escribir en la carpeta de datos.',
  'Restore the key files that belong to this database, or enter the secret again.':
    'Restaure los archivos de claves de esta base de datos, o ingrese el secreto de nuevo.',
  'Restore the database from a backup.': 'Restaure la base de datos desde un respaldo.',
  'Send the snapshot or delta again; let only one control daemon use this database.':
    'Envíe de nuevo la foto o el delta; que un solo control use esta base de datos.',
  'Try again; if it stays, look for a process that holds the database open (a backup, a shell).':
    'Vuelva a intentarlo; si sigue, busque un proceso que tenga abierta la base de datos (un respaldo, una consola).',
  'Stop wisp-edge, keep the file, and restore the database from a backup.':
    'Detenga wisp-edge, conserve el archivo y restaure la base de datos desde un respaldo.',
  'Check that the data folder exists and belongs to the user wisp-edge runs as.':
    'Revise que la carpeta de datos exista y sea del usuario con el que corre wisp-edge.',
  'Free space on the disk of the data folder (`df -h`), and look for faults of the disk (`dmesg`).':
    'Libere espacio en el disco de la carpeta de datos (`df -h`) y busque fallas del disco (`dmesg`).',
  'Install that version again, or restore the backup made before the upgrade.':
    'Instale de nuevo esa versión, o restaure el respaldo hecho antes de actualizar.',
  'Install the released version that made this database, or restore a backup.':
    'Instale la versión publicada que hizo esta base de datos, o restaure un respaldo.',
  'Run `wisp-edge init`, or check that the data folder exists and can be written.':
    'Ejecute `wisp-edge init`, o revise que la carpeta de datos exista y se pueda escribir.',
  'Run `wisp-edge init`, which makes keys/provisioner.pub, and start this daemon again.':
    'Ejecute `wisp-edge init`, que crea keys/provisioner.pub, e inicie este daemon de nuevo.',
  'Only the provisioner reads SIP keys; give it keys/provisioner.key, or the credential provisioner.key.':
    'Solo el provisioner lee claves SIP; dele keys/provisioner.key, o la credencial provisioner.key.',
  'Send the planilla again.': 'Envíe la planilla de nuevo.',
};
