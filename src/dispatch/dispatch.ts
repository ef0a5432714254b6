// One door: schema → policy → consent → room → observed result → audit record. Whoever asks, by terminal,
// browser, or language model, comes through here.

import {
  type AuditRecord,
  asRayError,
  type CommandArguments,
  type CommandName,
  type CommandResult,
  commandOf,
  isCommandName,
  type Plan,
  RayError,
} from '../contracts/index.ts';
import { asUnwritable } from '../foundation/index.ts';
import type { Mark } from '../log/index.ts';
import { type Actor, decide, type LoadedPolicy } from '../policy/index.ts';
import type { Audit } from './audit.ts';
import { ConsentDesk, type Proposal } from './consent.ts';
import { checkArguments, checkResult } from './validate.ts';

export type Context = { readonly actor: Actor; readonly signal: AbortSignal };

/** What a room offers for one command. `run` answers only with what it has observed. */
export type Handler<N extends CommandName> = {
  run(args: CommandArguments<N>, context: Context): Promise<CommandResult<N>> | CommandResult<N>;
  /** For commands that ask first: what will happen, and a text that changes when its ground does. */
  plan?(args: CommandArguments<N>): Promise<PlanDraft> | PlanDraft;
};
export type PlanDraft = Omit<Plan, 'command'> & { readonly world: string };

/** For streaming commands: result values until the end, or until the signal is aborted. */
export type StreamHandler<N extends CommandName> = {
  stream(args: CommandArguments<N>, context: Context): AsyncIterable<CommandResult<N>>;
};

type StreamName = 'log.markers' | 'desktop.events' | 'console.read';
export type Handlers = {
  readonly [N in CommandName]: N extends StreamName ? StreamHandler<N> : Handler<N>;
};

export type Request = {
  readonly command: string;
  readonly arguments: unknown;
  readonly consent?: string;
};

/** Thrown for CONSENT_NEEDED: the plan to show and the token that carries it out. */
export class ConsentNeeded extends RayError {
  readonly plan: Plan;
  readonly consent: string;

  constructor(plan: Plan, consent: string) {
    super('CONSENT_NEEDED', `${plan.summary} That needs your consent.`, { command: plan.command });
    this.plan = plan;
    this.consent = consent;
  }
}

export type DispatchParts = {
  readonly handlers: Handlers;
  readonly policy: LoadedPolicy;
  readonly audit: Audit;
  readonly mark: Mark;
};

type AnyHandler = {
  run(args: unknown, context: Context): unknown;
  plan?(args: unknown): Promise<PlanDraft> | PlanDraft;
};
type AnyStream = { stream(args: unknown, context: Context): AsyncIterable<unknown> };

export class Dispatch {
  readonly #parts: DispatchParts;
  readonly #consent = new ConsentDesk();

  constructor(parts: DispatchParts) {
    this.#parts = parts;
  }

  /** Runs a command. Throws RayError; ConsentNeeded when a plan must be consented to first. */
  async run(request: Request, context: Context): Promise<unknown> {
    return this.#audited(request, context, async (name, args) => {
      const handler = this.#parts.handlers[name] as unknown as AnyHandler;
      await this.#admit(name, args, request.consent, handler, context.actor);
      return checkResult(name, await handler.run(args, context));
    });
  }

  /** Opens a streaming command; the audit records its opening. */
  async stream(request: Request, context: Context): Promise<AsyncIterable<unknown>> {
    return this.#audited(request, context, async (name, args) => {
      const handler = this.#parts.handlers[name] as unknown as AnyStream;
      await this.#admit(name, args, undefined, undefined, context.actor);
      return handler.stream(args, context);
    });
  }

  async #audited<T>(
    request: Request,
    { actor }: Context,
    work: (name: CommandName, args: Readonly<Record<string, unknown>>) => Promise<T>,
  ): Promise<T> {
    const start = performance.now();
    const { command } = request;
    let kept: unknown = null;
    const append = (outcome: AuditRecord['outcome'], code?: string) =>
      this.#parts.audit.append({
        actor: actor.name,
        command: command.slice(0, 80),
        arguments: kept,
        outcome,
        ...(code === undefined ? {} : { code }),
        durationMs: Math.round(performance.now() - start),
      });
    let value: T;
    try {
      if (!isCommandName(command))
        throw new RayError('UNKNOWN_COMMAND', `there is no command "${command.slice(0, 80)}"`);
      const args = checkArguments(command, request.arguments);
      kept = redacted(command, args);
      value = await work(command, args);
    } catch (thrown) {
      const error = asUnwritable(thrown) ?? asRayError(thrown);
      append(outcomeOf(error), error.code);
      throw error;
    }
    append('done');
    return value;
  }

  async #admit(
    name: CommandName,
    args: Readonly<Record<string, unknown>>,
    consent: string | undefined,
    handler: AnyHandler | undefined,
    actor: Actor,
  ): Promise<void> {
    const decision = decide(this.#parts.policy, name, actor);
    if (decision.verdict === 'deny') {
      this.#parts.mark('POLICY:DENIED', { command: name, actor: actor.name });
      throw new RayError('POLICY_DENIED', decision.reason, { policyFile: this.#parts.policy.file });
    }
    if (decision.verdict === 'allow') return;
    const { world, ...draft } = (await handler?.plan?.(args)) ?? plainPlan(name);
    const plan: Plan = { command: name, ...draft };
    const proposal: Proposal = { actor: actor.name, command: name, arguments: args, plan, world };
    if (consent === undefined) {
      this.#parts.mark('POLICY:CONSENT_ASKED', { command: name, actor: actor.name });
      throw new ConsentNeeded(plan, this.#consent.offer(proposal));
    }
    if (!this.#consent.redeem(consent, proposal)) {
      throw new RayError('CONSENT_STALE', `the consent given for ${name} no longer fits`, {
        command: name,
      });
    }
    this.#parts.mark('POLICY:CONSENT_GIVEN', { command: name, actor: actor.name });
  }
}

function outcomeOf({ code }: RayError): AuditRecord['outcome'] {
  if (code === 'CONSENT_NEEDED') return 'consent-needed';
  return code === 'POLICY_DENIED' ? 'denied' : 'failed';
}

function plainPlan(name: CommandName): PlanDraft {
  const { summary } = commandOf(name);
  return { summary: `This will ${summary}.`, steps: [summary], target: name, world: '' };
}

function redacted(name: CommandName, args: Readonly<Record<string, unknown>>): unknown {
  const hidden = commandOf(name).redact ?? [];
  return Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      key,
      hidden.includes(key) ? `<${String(value).length} characters>` : value,
    ]),
  );
}
