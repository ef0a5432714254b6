// What is said on logd's socket. Both sides read strictly: what is not of these forms is no message.

import { type BootRecord, isRecord } from '../boot/index.ts';
import type { LoaderFacts } from '../host/efivars.ts';

/** Stages that rayosd tells; KERNEL is logd's own. */
export const toldStages = ['SUBSYSTEMS', 'SHELL', 'GOLDEN'] as const;
export type ToldStage = (typeof toldStages)[number];

export type Question =
  /** A stage is reached. It is recorded before the answer comes. */
  | {
      readonly kind: 'stage';
      readonly stage: ToldStage;
      readonly reason: string;
      /** Checks that are degraded, at GOLDEN. */
      readonly degraded: number;
    }
  /** GOLDEN has not come in time; the machine is about to be started again. */
  | { readonly kind: 'deadline'; readonly reason: string }
  | { readonly kind: 'facts'; readonly withRecords: boolean };

export type Request =
  | { readonly kind: 'marker'; readonly line: string }
  | (Question & { readonly id: number });

/** Whether records reach the disk, and if not, why. */
export type Durability = { readonly durable: boolean; readonly why?: string };

/** What logd knows of this machine's boots. */
export type LoggedFacts = {
  readonly bootId: string;
  readonly version: string;
  /** File name of the entry that runs, as it is now; '' where it is not known. */
  readonly entry: string;
  /** Names in EFI/Linux of the ESP. */
  readonly files: readonly string[];
  /** Why the ESP cannot be read. */
  readonly espMissing?: string;
  readonly loader: LoaderFacts;
  readonly log: Durability;
  /** Blessed: the entry's name now; or why it is not, though this boot is golden. */
  readonly blessed?: string;
  readonly notBlessed?: string;
  /** Oldest first; empty unless they were asked for. */
  readonly records: readonly BootRecord[];
};

export type Answer = { readonly id: number } & (
  | { readonly ok: true; readonly log: Durability }
  | { readonly ok: true; readonly facts: LoggedFacts }
  | { readonly ok: false; readonly message: string }
);

const longestReason = 512;
const longestLine = 1024;

/** What a client sent; undefined if it is none of ours. Texts that are too long are cut. */
export function parseRequest(value: unknown): Request | undefined {
  const { kind, line, id, stage, reason, degraded, withRecords } = fields(value);
  if (kind === 'marker')
    return typeof line === 'string' ? { kind, line: line.slice(0, longestLine) } : undefined;
  if (!isId(id)) return undefined;
  if (kind === 'facts') return { kind, id, withRecords: withRecords === true };
  if (typeof reason !== 'string') return undefined;
  const why = reason.slice(0, longestReason);
  if (kind === 'deadline') return { kind, id, reason: why };
  const told = toldStages.find((one) => one === stage);
  if (kind !== 'stage' || told === undefined || !isCount(degraded)) return undefined;
  return { kind, id, stage: told, reason: why, degraded };
}

/** What logd answered; undefined if it is no answer. */
export function parseAnswer(value: unknown): Answer | undefined {
  const { id, ok, message, log, facts } = fields(value);
  if (!isId(id)) return undefined;
  if (ok === false) return typeof message === 'string' ? { id, ok, message } : undefined;
  if (ok !== true) return undefined;
  if (log !== undefined) return isDurability(log) ? { id, ok, log } : undefined;
  return isFacts(facts) ? { id, ok, facts } : undefined;
}

function isFacts(value: unknown): value is LoggedFacts {
  const facts = fields(value);
  return (
    [facts.bootId, facts.version, facts.entry].every(isText) &&
    [facts.espMissing, facts.blessed, facts.notBlessed].every(isTextOrNone) &&
    isTexts(facts.files) &&
    isLoader(facts.loader) &&
    isDurability(facts.log) &&
    Array.isArray(facts.records) &&
    facts.records.every(isRecord)
  );
}

function isLoader(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { selected, countPath, chosen, chosenOnce, entries } = fields(value);
  return (
    [selected, countPath, chosen, chosenOnce].every(isTextOrNone) &&
    (entries === undefined || isTexts(entries))
  );
}

function isDurability(value: unknown): value is Durability {
  const { durable, why } = fields(value);
  return typeof durable === 'boolean' && isTextOrNone(why);
}

const isText = (value: unknown) => typeof value === 'string';
const isTextOrNone = (value: unknown) => value === undefined || typeof value === 'string';
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
const isId = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isCount = (value: unknown): value is number => isId(value) && value < 1000;

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
