/** Every shape that crosses the wire. */
export type * from './labContract';
export type * from './serviceContract';
