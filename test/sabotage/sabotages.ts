import { I1 } from './i1.ts';
import { I2 } from './i2.ts';
import { I3 } from './i3.ts';
import { I4_PORTAL_LIST } from './i4-portal-list.ts';
import { I4_STEPS } from './i4-steps.ts';
import { I5 } from './i5.ts';
import { I6 } from './i6.ts';
import { I7 } from './i7.ts';
import { I8 } from './i8.ts';
import { I9 } from './i9.ts';
import { I9_PHONES } from './i9-phones.ts';
import { I10 } from './i10.ts';
import { I11 } from './i11.ts';
import { I11_ROTATION } from './i11-rotation.ts';
import type { Sabotage } from './sabotage.ts';

/** At least one for each promise of ARCHITECTURE.md, each in the file of its promise; some have two. */
export const SABOTAGES: readonly Sabotage[] = [
  ...I1,
  ...I2,
  ...I3,
  ...I4_PORTAL_LIST,
  ...I4_STEPS,
  ...I5,
  ...I6,
  ...I7,
  ...I8,
  ...I9,
  ...I9_PHONES,
  ...I10,
  ...I11,
  ...I11_ROTATION,
];
