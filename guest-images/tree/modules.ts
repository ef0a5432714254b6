// Chooses kernel modules with what they depend on, in an order in which plain `insmod` succeeds. The
// dependencies stand in each module's own `.modinfo` section, so that no depmod is needed.

import { readSection } from './elf.ts';

/** Reads one module's unpacked bytes by its name; undefined when the kernel has no such module. */
export type ReadModule = (name: string) => Promise<Uint8Array | undefined>;
export type LoadableModule = { readonly name: string; readonly content: Uint8Array };

/** A module that is neither there nor built into the kernel, or a circle of dependencies. */
export class ModuleError extends Error {
  override readonly name = 'ModuleError';
}

/** Names are compared with `-` and `_` as one, as the kernel does. */
export function moduleName(fileOrName: string): string {
  return fileOrName
    .replace(/^.*\//, '')
    .replace(/\.ko(\.\w+)?$/, '')
    .replaceAll('-', '_');
}

/** The wanted modules and their dependencies, each after those it depends on. */
export async function modulesInLoadOrder(
  wanted: readonly string[],
  builtin: ReadonlySet<string>,
  read: ReadModule,
): Promise<LoadableModule[]> {
  const ordered = new Map<string, LoadableModule>();
  const visit = async (name: string, askedBy: readonly string[]): Promise<void> => {
    if (ordered.has(name) || builtin.has(name)) return;
    if (askedBy.includes(name)) throw new ModuleError(`modules in a circle: ${askedBy.join(', ')}`);
    const content = await read(name);
    if (content === undefined) throw new ModuleError(`the kernel has no module ${name}`);
    for (const dependency of dependencies(content)) await visit(dependency, [...askedBy, name]);
    ordered.set(name, { name, content });
  };
  for (const name of wanted) await visit(moduleName(name), []);
  return [...ordered.values()];
}

/** `depends=a,b` of the module's information, as names. */
export function dependencies(module: Uint8Array): string[] {
  const section = readSection(module, '.modinfo');
  if (section === undefined) throw new ModuleError('a module without information about itself');
  const fields = Buffer.from(section).toString('latin1').split('\0');
  const depends = fields.find((f) => f.startsWith('depends='))?.slice('depends='.length) ?? '';
  return depends
    .split(',')
    .filter((name) => name !== '')
    .map(moduleName);
}
