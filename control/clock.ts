/** Wall clock in ms since the epoch; passed in so that tests own time. */
export interface Clock {
  now(): number;
}
