// Policy: what may happen, and why. Owns policy.toml and the decision; may use contracts and foundation.
// Denied unless allowed; a broken file closes doors, and every refusal says its reason.

export * from './decide.ts';
export * from './policy-file.ts';
