// Dispatch: the one door that executes commands. Owns validation, consent and the audit; may use
// contracts, foundation, log and policy. Nothing happens that is not in the table, allowed, and recorded.

export * from './audit.ts';
export * from './dispatch.ts';
export { compileAll } from './validate.ts';
