/** The parts of css-tree that are used by themselves, without its tables of every property's grammar. */
declare module 'css-tree/parser' {
  import { parse } from 'css-tree';
  export default parse;
}

declare module 'css-tree/utils' {
  export { ident } from 'css-tree';
}
