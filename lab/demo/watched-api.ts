import type { Answer, Api } from './api.ts';
import type { LeakWatch } from './leak-watch.ts';

/** Request fields whose values no answer may ever show. */
const SECRET_FIELDS = new Set(['sipKey', 'newKeys']);

/** The API, with every secret that goes in learnt, and every answer looked at; enrol's one answer gives tokens to learn. */
export function watchedApi(api: Api, watch: LeakWatch): Api {
  return {
    url: api.url,
    async send(method, path, body, headers) {
      learnFrom(body, `${method} ${path}`, false, watch);
      const answer = await api.send(method, path, body, headers);
      if (path.endsWith('/enrol')) learnTokens(answer, watch);
      else watch.look(`the answer of ${method} ${path}`, JSON.stringify(answer.body));
      return answer;
    },
  };
}

function learnFrom(value: unknown, path: string, isSecret: boolean, watch: LeakWatch): void {
  if (typeof value === 'string' && isSecret) watch.learn(`the key of ${path}`, value);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    learnFrom(inner, path, isSecret || SECRET_FIELDS.has(name), watch);
  }
}

function learnTokens({ body }: Answer, watch: LeakWatch): void {
  for (const [name, url] of Object.entries(body)) {
    const token = typeof url === 'string' ? /\/[pe]\/([^/]+)\/$/.exec(url)?.[1] : undefined;
    if (token !== undefined) watch.learn(`the token of ${name}`, token);
  }
}
