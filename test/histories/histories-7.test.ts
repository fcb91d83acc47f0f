import { historiesOf } from './suite.ts';

historiesOf(7, 8);
