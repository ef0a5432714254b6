// Values inside QEMU's option lists (`name=value,name=value`). A comma ends a value unless it is doubled
// (QEMU, util/keyval.c and util/qemu-option.c); nothing else is special there.

import { RayError } from '../../contracts/index.ts';

/** `value` as it is written in an option list. Throws BAD_REQUEST for what no argument can carry. */
export function escapeValue(value: string): string {
  return argument(value).replaceAll(',', ',,');
}

/** An argument of its own. Throws BAD_REQUEST when it has a NUL in it, which would cut it short. */
export function argument(value: string): string {
  if (value.includes('\0')) throw wrongMachine(`${JSON.stringify(value)} has a NUL in it`);
  return value;
}

/** An option list. `first` is what QEMU wants before the names, such as a device's driver. */
export function optionList(
  options: Readonly<Record<string, string | number | boolean>>,
  first?: string,
): string {
  const parts = first === undefined ? [] : [first];
  for (const [name, value] of Object.entries(options)) {
    const text = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
    parts.push(`${name}=${escapeValue(text)}`);
  }
  return parts.join(',');
}

export function wrongMachine(what: string): RayError {
  return new RayError('BAD_REQUEST', `no machine can be made of this: ${what}`, {
    command: 'guest create',
  });
}
