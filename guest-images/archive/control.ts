// Debian's control format (deb-control(5)): stanzas of fields, parted by empty lines.

/** Fields by their names in lower case. */
export type Stanza = ReadonlyMap<string, string>;

/** Every stanza of a control file. Continued lines keep their line breaks; odd lines are passed over. */
export function readStanzas(text: string): Stanza[] {
  return text
    .split(/\n[ \t]*(?:\n|$)/)
    .map(readStanza)
    .filter((stanza) => stanza.size > 0);
}

function readStanza(text: string): Stanza {
  const fields = new Map<string, string>();
  let name: string | undefined;
  for (const line of text.split('\n')) {
    const match = /^([A-Za-z][A-Za-z0-9-]*):[ \t]*(.*)$/.exec(line);
    if (line.startsWith('#')) continue;
    if (match !== null) {
      name = (match[1] ?? '').toLowerCase();
      fields.set(name, (match[2] ?? '').trim());
    } else if (name !== undefined && /^[ \t]/.test(line)) {
      fields.set(name, `${fields.get(name)}\n${line.trim()}`.trim());
    } else {
      name = undefined;
    }
  }
  return fields;
}
