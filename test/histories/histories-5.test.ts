import { historiesOf } from './suite.ts';

historiesOf(5, 8);
