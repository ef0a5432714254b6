// D-Bus values in TypeScript, and the tuple of values that a signature stands for, at type level.

/** A value that carries its own signature, of exactly one complete type. */
export type Variant = { readonly signature: string; readonly value: Value };

export type Value =
  | number
  | bigint
  | boolean
  | string
  | Uint8Array
  | Variant
  | readonly Value[]
  | ReadonlyMap<Value, Value>;

/** The types of a body, for the signatures that RayOS uses: `BodyOf<'uay'>` is `[number, Uint8Array]`. */
export type BodyOf<S extends string> = S extends ''
  ? []
  : S extends `ay${infer Rest}`
    ? [Uint8Array, ...BodyOf<Rest>]
    : S extends `as${infer Rest}`
      ? [readonly string[], ...BodyOf<Rest>]
      : S extends `a{sv}${infer Rest}`
        ? [ReadonlyMap<string, Variant>, ...BodyOf<Rest>]
        : S extends `${'s' | 'o' | 'g'}${infer Rest}`
          ? [string, ...BodyOf<Rest>]
          : S extends `b${infer Rest}`
            ? [boolean, ...BodyOf<Rest>]
            : S extends `${'x' | 't'}${infer Rest}`
              ? [bigint, ...BodyOf<Rest>]
              : S extends `v${infer Rest}`
                ? [Variant, ...BodyOf<Rest>]
                : S extends `${'y' | 'n' | 'q' | 'i' | 'u' | 'd' | 'h'}${infer Rest}`
                  ? [number, ...BodyOf<Rest>]
                  : never;
