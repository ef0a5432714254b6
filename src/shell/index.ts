// Shell: the `rayos` command, its prompt and its completion. Everything in it is made of the command
// table; it speaks to rayosd over the unix socket and holds no state but the prompt's history. Uses
// contracts, foundation, and cognition for suggestions. Others need only what documents the command line.

export { commandHelp } from './help/help.ts';
export { writeLine } from './line/write.ts';
export { type Row, rowsOf } from './rows.ts';
