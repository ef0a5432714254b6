// The decision: a pure function of the policy, the command's declaration and who asks.

import { type CommandName, commandOf } from '../contracts/index.ts';
import type { LoadedPolicy } from './policy-file.ts';

/** Who asks. `name` is for the audit: 'person:browser', 'person:terminal', 'model:…'. */
export type Actor = { readonly kind: 'person' | 'model'; readonly name: string };

export type Decision =
  | { readonly verdict: 'allow' }
  | { readonly verdict: 'consent'; readonly reason: string }
  | { readonly verdict: 'deny'; readonly reason: string };

/** Whether `actor` may run `name`, must consent to it first, or may not; with the reason in words. */
export function decide(
  { policy, brokenBecause }: LoadedPolicy,
  name: CommandName,
  actor: Actor,
): Decision {
  const declaration = commandOf(name);
  if (actor.kind === 'model' && declaration.exposure === 'deny') {
    return { verdict: 'deny', reason: `${name} is never open to language models` };
  }
  if (!matches(policy.commands[actor.kind], name)) {
    const why =
      brokenBecause === undefined
        ? `policy "${policy.profile}" does not allow it`
        : `RayOS is in safe mode, because the policy file is broken: ${brokenBecause}`;
    return { verdict: 'deny', reason: `${name} is not allowed to ${actor.name}: ${why}` };
  }
  if (declaration.danger !== 'safe')
    return { verdict: 'consent', reason: `${name} is declared ${declaration.danger}` };
  if (actor.kind === 'model' && declaration.exposure === 'confirm') {
    return {
      verdict: 'consent',
      reason: `${name} asks a person first when a language model wants it`,
    };
  }
  if (matches(policy.consent.also, name))
    return { verdict: 'consent', reason: 'policy asks for consent' };
  return { verdict: 'allow' };
}

function matches(patterns: readonly string[], name: string): boolean {
  return patterns.some(
    (pattern) =>
      pattern === '*' ||
      pattern === name ||
      (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1))),
  );
}
