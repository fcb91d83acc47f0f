import { historiesOf } from './suite.ts';

historiesOf(6, 8);
