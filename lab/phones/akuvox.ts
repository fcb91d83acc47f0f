import { transportOf, type LabLine, type VendorRules } from './vendor.ts';

const ACCOUNTS = 3;
const HOME = 'Config.Autoprovision.GENERAL.Url';

/**
 * Akuvox: `<mac>.cfg`, or the file that its URL names. Text of `Config.… = value` under `#!version:1.0.0.1`. That a
 * check-sync restarts it unless it says `reboot=false` is assumed, as the worse of what is thinkable.
 */
export const akuvox: VendorRules = {
  vendor: 'akuvox',
  model: 'SP-R50P',
  challengesNotify: false,
  // What it really says is not known; without a MAC, then.
  userAgent: () => 'Akuvox SP-R50P',
  files: (mac) => [`${mac}.cfg`],
  apply(_file, text, _mac, flash) {
    const [head, ...lines] = text.split(/\r?\n/);
    if (head !== '#!version:1.0.0.1') return 'rejected';
    for (const line of lines) {
      const [, name, value = ''] = /^\s*(Config\.[\w.]+)\s*=(.*)$/.exec(line) ?? [];
      if (name !== undefined) flash.set(name, value.trim());
    }
    return 'applied';
  },
  provisioningUrl(flash) {
    const url = flash.get(HOME) ?? '';
    return url === '' ? null : url.replace(/[^/]*\.cfg$/, '');
  },
  lines: (flash) =>
    Array.from({ length: ACCOUNTS }, (_, at) => at + 1).flatMap((position): LabLine[] => {
      const value = (name: string): string => flash.get(`Config.Account${position}.${name}`) ?? '';
      const [user, host, authUser] = [value('GENERAL.UserName'), value('SIP.Server'), value('GENERAL.AuthName')];
      if (value('GENERAL.Enable') !== '1' || user === '' || host === '') return [];
      return [
        {
          position,
          user,
          host,
          authUser: authUser === '' ? user : authUser,
          key: value('GENERAL.Pwd'),
          displayName: value('GENERAL.DisplayName'),
          port: Number(value('SIP.Port') === '' ? '5060' : value('SIP.Port')),
          transport: transportOf(value('SIP.TransType')),
          expiresSeconds: Number(value('REG.Timeout') === '' ? '3600' : value('REG.Timeout')),
        },
      ];
    }),
  onEvent(event) {
    if (!/^check-sync(;|$)/i.test(event)) return null;
    return /;reboot=false/i.test(event) ? 'fetch' : 'reboot';
  },
  // 1 is after each start, 3 that and a schedule.
  fetchesAtStart: (flash) => ['1', '3'].includes(flash.get('Config.Autoprovision.MODE.Mode') ?? '1'),
};
