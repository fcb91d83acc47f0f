import { historiesOf } from './suite.ts';

historiesOf(8, 8);
