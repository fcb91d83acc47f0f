import { historiesOf } from './suite.ts';

historiesOf(3, 8);
