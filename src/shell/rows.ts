// The command table as the command line needs it: plain data, without the schemas' library. Everything in
// this room (parsing, help, completion) is made of these rows.

import type { Command, CommandName } from '../contracts/index.ts';

export type Parameter = {
  readonly name: string;
  /** As written on the command line: memoryMiB → memory-mib. */
  readonly flag: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean';
  readonly values?: readonly string[];
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: string | number | boolean;
  readonly isRequired: boolean;
  /** Not an argument of the command: used here, after its answer (the file of a screenshot). */
  readonly isLocal: boolean;
};

export type Row = Pick<
  Command,
  'summary' | 'cli' | 'positional' | 'phrases' | 'sample' | 'danger'
> & {
  readonly name: CommandName;
  readonly parameters: readonly Parameter[];
  readonly isStream: boolean;
  readonly isRedacted: boolean;
};

type Schema = {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: string | number | boolean;
};

/** Rows of a command table, in its order. */
export function rowsOf(table: Readonly<Record<string, Command>>): Row[] {
  return Object.entries(table).map(([name, command]) => {
    const { summary, cli, positional, phrases, sample, danger } = command;
    const required: readonly string[] = command.arguments.required ?? [];
    const schemas = command.arguments.properties as Readonly<Record<string, Schema>>;
    const declared = Object.entries(schemas).map(([argument, schema]) =>
      parameter(argument, schema, required.includes(argument)),
    );
    const local = positional
      .filter((argument) => !(argument in schemas))
      .map((argument): Parameter => ({ ...localParameter(argument), isLocal: true }));
    return {
      name: name as CommandName,
      summary,
      cli,
      positional,
      phrases,
      sample,
      danger,
      parameters: [...declared, ...local],
      isStream: command.stream === true,
      isRedacted: (command.redact ?? []).length > 0,
    };
  });
}

function parameter(name: string, schema: Schema, isRequired: boolean): Parameter {
  const { description, minimum, maximum, default: preset } = schema;
  return {
    name,
    flag: flagOf(name),
    type: typeOf(schema),
    ...(schema.enum === undefined ? {} : { values: schema.enum }),
    ...(description === undefined ? {} : { description }),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(preset === undefined ? {} : { default: preset }),
    isRequired,
    isLocal: false,
  };
}

function localParameter(name: string): Parameter {
  const description = 'PNG file to write; "-" for standard output; without it, one in this folder';
  return { ...parameter(name, { type: 'string' }, false), description };
}

function typeOf({ type }: Schema): Parameter['type'] {
  return type === 'integer' || type === 'number' || type === 'boolean' ? type : 'string';
}

function flagOf(name: string): string {
  return name.replace(/[KMG]iB|[A-Z]/g, (part) => `-${part.toLowerCase()}`);
}
