// Consent in two stages. A token is bound to one actor, one command with its arguments, the exact plan
// and the state of the world that the plan was made from; it can be used once, for five minutes.

import { createHash, randomBytes } from 'node:crypto';
import type { Plan } from '../contracts/index.ts';

/** What was shown to the person; `world` is any text that changes when the plan's ground changes. */
export type Proposal = {
  readonly actor: string;
  readonly command: string;
  readonly arguments: unknown;
  readonly plan: Plan;
  readonly world: string;
};

const lifeMs = 5 * 60_000;
const maxOpen = 100;

export class ConsentDesk {
  readonly #open = new Map<string, { readonly fingerprint: string; readonly expires: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** A token for exactly this proposal. */
  offer(proposal: Proposal): string {
    for (const [token, entry] of this.#open)
      if (entry.expires <= this.#now()) this.#open.delete(token);
    const oldest = this.#open.keys().next();
    if (this.#open.size >= maxOpen && !oldest.done) this.#open.delete(oldest.value);
    const token = randomBytes(18).toString('base64url');
    this.#open.set(token, { fingerprint: fingerprint(proposal), expires: this.#now() + lifeMs });
    return token;
  }

  /** True once, if the token was given for a proposal equal to this one. A token that was tried is spent. */
  redeem(token: string, proposal: Proposal): boolean {
    const entry = this.#open.get(token);
    this.#open.delete(token);
    return (
      entry !== undefined &&
      entry.expires > this.#now() &&
      entry.fingerprint === fingerprint(proposal)
    );
  }
}

function fingerprint({ actor, command, arguments: args, plan, world }: Proposal): string {
  return createHash('sha256')
    .update(JSON.stringify([actor, command, sorted(args), plan, world]))
    .digest('hex');
}

/** The same object whatever the order of its keys was. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
