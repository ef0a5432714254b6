// Schemas, compiled once. Outside values become typed values here or nowhere.

import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { type CommandName, commandNames, commandOf, RayError } from '../contracts/index.ts';

type Compiled = {
  readonly arguments: Validator;
  readonly result: Validator;
  readonly known: ReadonlySet<string>;
};

const compiled = new Map<CommandName, Compiled>();

function of(name: CommandName): Compiled {
  const ready = compiled.get(name);
  if (ready) return ready;
  const declaration = commandOf(name);
  const made: Compiled = {
    arguments: Compile(declaration.arguments as TSchema),
    result: Compile(declaration.result),
    known: new Set(Object.keys(declaration.arguments.properties)),
  };
  compiled.set(name, made);
  return made;
}

/** Checks arguments against the table. Throws BAD_REQUEST that names the argument and what is wrong. */
export function checkArguments(
  name: CommandName,
  args: unknown,
): Readonly<Record<string, unknown>> {
  const command = commandOf(name).cli.join(' ');
  if (typeof args !== 'object' || args === null || Array.isArray(args)) {
    throw new RayError('BAD_REQUEST', `${name} takes an object of arguments`, { command });
  }
  const { arguments: validator, known } = of(name);
  for (const key of Object.keys(args)) {
    if (!known.has(key))
      throw new RayError('BAD_REQUEST', `${name} has no argument "${key.slice(0, 60)}"`, {
        command,
      });
  }
  if (!validator.Check(args)) {
    const first = validator.Errors(args)[0];
    const where = first?.instancePath.slice(1).replaceAll('/', '.') ?? '';
    throw new RayError(
      'BAD_REQUEST',
      `${name}: ${[where, first === undefined ? 'is not as declared' : inWords(name, where, first)].filter(Boolean).join(' ')}`,
      { command },
    );
  }
  return args as Readonly<Record<string, unknown>>;
}

/** Checks what a room answered: a result that breaks the table is our fault, and is said to be. */
export function checkResult(name: CommandName, result: unknown): unknown {
  const { result: validator } = of(name);
  if (validator.Check(result)) return result;
  const first = validator.Errors(result)[0];
  throw new RayError(
    'INTERNAL',
    `the result of ${name} is not as declared: ${first?.instancePath ?? ''} ${first?.message ?? ''}`,
  );
}

export function compileAll(): void {
  for (const name of commandNames) of(name);
}

/** A schema's complaint; about a form, what the form is in words, for few people read patterns. */
function inWords(
  name: CommandName,
  where: string,
  error: { keyword: string; message: string },
): string {
  if (error.keyword !== 'pattern') return error.message;
  const property = commandOf(name).arguments.properties[where] as
    | { description?: string }
    | undefined;
  return property?.description === undefined
    ? error.message
    : `does not fit: ${property.description}`;
}
