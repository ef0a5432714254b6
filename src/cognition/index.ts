// Cognition, first seed: sentences of people become commands of the table. Owns the phrase resolver and
// the reading of guest references; uses contracts only. Deterministic: a sentence either has the form of
// a declared phrase or is not understood. Likeness only ever makes suggestions, never a choice.

export * from './guest-reference.ts';
export * from './nearest.ts';
export * from './resolver.ts';
