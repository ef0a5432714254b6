// Consent, asked for: one question at a time, answered by a person.

import { type Accessor, createSignal } from 'solid-js';
import type { Danger, Plan } from '../../../src/contracts/index.ts';

export type Question = {
  readonly plan: Plan;
  readonly danger: Danger;
  readonly answer: (given: boolean) => void;
};

export type Consent = {
  readonly question: Accessor<Question | undefined>;
  /** Shows a plan; true when the person agreed to it. */
  readonly ask: (plan: Plan, danger: Danger) => Promise<boolean>;
};

export function createConsent(): Consent {
  const [question, setQuestion] = createSignal<Question>();
  return {
    question,
    ask: (plan, danger) => {
      // A newer question means that the older one was left.
      question()?.answer(false);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      setQuestion({
        plan,
        danger,
        answer: (given) => {
          setQuestion(undefined);
          resolve(given);
        },
      });
      return promise;
    },
  };
}
