import { historiesOf } from './suite.ts';

historiesOf(2, 8);
