import { historiesOf } from './suite.ts';

historiesOf(4, 8);
