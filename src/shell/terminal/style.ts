// Colours, for terminals only. https://no-color.org

export type Style = Readonly<
  Record<'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', (text: string) => string>
>;

export function makeStyle(isColoured: boolean): Style {
  const paint = (code: string) => (text: string) =>
    isColoured && text !== '' ? `\x1b[${code}m${text}\x1b[0m` : text;
  return {
    bold: paint('1'),
    dim: paint('2'),
    red: paint('31'),
    green: paint('32'),
    yellow: paint('33'),
    cyan: paint('36'),
  };
}

/** Text from elsewhere, made unable to command the terminal: control characters become a visible mark. */
export function harmless<T>(value: T): T {
  if (typeof value === 'string')
    return value.replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '\ufffd') as T;
  if (Array.isArray(value)) return value.map(harmless) as T;
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [harmless(key), harmless(inner)]),
    ) as T;
  return value;
}
