import type { LeakWatch } from '../leaks/leak-watch.ts';
import { learnFromRequest, learnTokens } from '../leaks/learn.ts';
import type { Api } from './api.ts';

/** The API, with every secret that goes in learnt, and every answer looked at; enrol's one answer gives tokens to learn. */
export function watchedApi(api: Api, watch: LeakWatch): Api {
  return {
    url: api.url,
    async send(method, path, body, headers) {
      learnFromRequest(watch, `${method} ${path}`, body);
      const answer = await api.send(method, path, body, headers);
      if (path.endsWith('/enrol')) learnTokens(watch, answer.body);
      else watch.look(`the answer of ${method} ${path}`, JSON.stringify(answer.body));
      return answer;
    },
  };
}
