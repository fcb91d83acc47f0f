import { historiesOf } from './suite.ts';

historiesOf(1, 8);
