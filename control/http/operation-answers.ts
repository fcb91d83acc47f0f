import { Operation } from '../../schemas/operation.ts';
import type { RouteAnswer } from './route.ts';

/** What every route answers whose fruit is an operation. */
export const OPERATION_ANSWERS: Readonly<Record<number, RouteAnswer>> = {
  200: {
    description: 'With `Prefer: wait=n`: the operation, verified, held, failed or superseded within n seconds',
    schema: Operation,
    headers: ['Content-Location', 'Preference-Applied'],
  },
  202: {
    description: 'Accepted, never to be lost: the operation as it stands',
    schema: Operation,
    headers: ['Location', 'Preference-Applied'],
  },
};
