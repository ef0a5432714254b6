// Messages of outside bytes, read strictly: an object with a known `type`, exactly the fields of that
// type, each passing its check.

export type Check = (value: unknown) => boolean;

/** By type: the check of every other field. A field whose name ends with `?` may be left out. */
export type Forms = Readonly<Record<string, Readonly<Record<string, Check>>>>;

/** True when `value` is one of the forms' messages, and nothing more. Never throws. */
export function isOneOf(forms: Forms, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { type, ...fields } = value as Readonly<Record<string, unknown>>;
  if (typeof type !== 'string' || !Object.hasOwn(forms, type)) return false;
  const checks = Object.entries(forms[type] ?? {});
  let known = 0;
  for (const [name, check] of checks) {
    const field = name.replace(/\?$/, '');
    if (Object.hasOwn(fields, field)) {
      if (!check(fields[field])) return false;
      known++;
    } else if (field === name) return false;
  }
  return known === Object.keys(fields).length;
}

export const isBoolean: Check = (value) => typeof value === 'boolean';
/** A number from `low` to `high`; no NaN. */
export const isNumber =
  (low: number, high: number): Check =>
  (value) =>
    typeof value === 'number' && value >= low && value <= high;
export const isInteger =
  (low: number, high: number): Check =>
  (value) =>
    Number.isInteger(value) && isNumber(low, high)(value);
export const isText =
  (maxLength: number, pattern?: RegExp): Check =>
  (value) =>
    typeof value === 'string' && value.length <= maxLength && (pattern?.test(value) ?? true);
export const isAnyOf =
  (...values: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && values.includes(value);
export const isListOf =
  (check: Check, maxLength: number): Check =>
  (value) =>
    Array.isArray(value) && value.length <= maxLength && value.every(check);
