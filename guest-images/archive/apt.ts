// A private apt: its own folders, its own empty idea of what is installed, the machine's own network
// settings and the Debian keyring of the machine. Nothing of the machine's package state is read or
// changed, and no root is needed.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RayError } from '../../src/contracts/index.ts';
import { run } from '../build/run.ts';
import { readStanzas, type Stanza } from './control.ts';
import type { DebianArchive } from './sources.ts';

/** Debian 13 has begun to call it `.pgp`. */
const keyrings = ['gpg', 'pgp'].map((e) => `/usr/share/keyrings/debian-archive-keyring.${e}`);

export type AptSettings = {
  /** Where lists and packages are kept between builds. */
  readonly directory: string;
  readonly archive: DebianArchive;
  readonly suite: string;
  readonly architecture: string;
  readonly signal?: AbortSignal | undefined;
};

/** One package as the archive's signed index describes it. */
export type Package = {
  readonly name: string;
  readonly version: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Where apt keeps it once it is there. */
  readonly file: string;
};

/** The private apt of `settings.directory`. Call `update`, then `resolve`, then `download`. */
export class Apt {
  readonly #settings: AptSettings;
  readonly #config: string;
  /** What the last update complained of; it explains packages that cannot be found afterwards. */
  #complaints = '';

  constructor(settings: AptSettings) {
    this.#settings = settings;
    this.#config = join(settings.directory, 'apt.conf');
    const keyring = keyrings.find((path) => existsSync(path));
    if (keyring === undefined)
      throw new RayError(
        'NOT_ON_THIS_HOST',
        "Debian's keyring is missing: nothing can be verified",
        {
          remedy: 'Install it: apt-get install debian-archive-keyring',
        },
      );
    for (const folder of ['lists/partial', 'archives/partial'])
      mkdirSync(join(settings.directory, folder), { recursive: true, mode: 0o755 });
    this.#write('status', '');
    this.#write('debian.sources', this.#sources(keyring));
    this.#write('apt.conf', this.#configuration());
  }

  /** The sources that it reads, in deb822 form, pinned to the keyring. */
  get sourcesFile(): string {
    return this.#folder('debian.sources');
  }

  /** Fetches the lists of packages and verifies their signatures. */
  async update(): Promise<void> {
    const { code, errors } = await run('apt-get', ['-c', this.#config, '-q', 'update'], {
      signal: this.#settings.signal,
    });
    // apt-get ends with 0 when a list could not be fetched; an older one, if there, will do.
    if (code !== 0) throw archiveError(errors);
    this.#complaints = errors;
  }

  /**
   * The packages to install for `wanted`, dependencies included. `leftOut` are packages that others
   * depend on and the image has no use for: apt is told that they are there already.
   */
  async resolve(wanted: readonly string[], leftOut: readonly string[]): Promise<Package[]> {
    this.#write('status', (await this.#show(leftOut)).map(installed).join('\n'));
    const args = ['install', '--simulate', '--no-install-recommends', '-q', '-y', ...wanted];
    const { code, output, errors } = await this.#apt('apt-get', args);
    if (code !== 0) throw archiveError(this.#complaints + errors);
    const chosen = [...output.toString().matchAll(/^Inst (\S+) \((\S+) /gm)].map(
      ([, name, version]) => `${name}=${version}`,
    );
    const packages = (await this.#show(chosen)).map((stanza) => this.#package(stanza));
    if (packages.length !== chosen.length) throw archiveError('its index lacks chosen packages');
    return packages;
  }

  /** Fetches what is not there yet. `onFraction` gets 0 to 1. */
  async download(packages: readonly Package[], onFraction: (f: number) => void): Promise<void> {
    const names = packages.map(({ name, version }) => `${name}=${version}`);
    const onStatus = (line: string) => {
      const percent = /^dlstatus:[^:]*:([0-9.]+):/.exec(line)?.[1];
      if (percent !== undefined) onFraction(Number(percent) / 100);
    };
    const args = ['install', '--download-only', '--no-install-recommends', '-q', '-y'];
    args.push('-o', 'APT::Status-Fd=3', ...names);
    const { code, errors } = await this.#apt('apt-get', args, onStatus);
    if (code !== 0) throw archiveError(errors);
  }

  async #show(names: readonly string[]): Promise<Stanza[]> {
    if (names.length === 0) return [];
    // Ends badly when one name is unknown, having shown the others: the caller counts.
    const { output } = await this.#apt('apt-cache', ['show', '--no-all-versions', ...names]);
    return readStanzas(output.toString());
  }

  #package(stanza: Stanza): Package {
    const [name = '', version = '', architecture = '', sha256 = ''] = [
      'package',
      'version',
      'architecture',
      'sha256',
    ].map((field) => stanza.get(field));
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw archiveError(`its index has no SHA-256 of ${name}`);
    const file = `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`;
    const sizeBytes = Number(stanza.get('size'));
    return { name, version, sizeBytes, sha256, file: join(this.#folder('archives'), file) };
  }

  #apt(command: string, args: readonly string[], onStatus?: (line: string) => void) {
    const options = { signal: this.#settings.signal, ...(onStatus && { onStatus }) };
    return run(command, ['-c', this.#config, ...args], options);
  }

  #folder(name: string): string {
    return join(this.#settings.directory, name);
  }

  #write(name: string, content: string): void {
    writeFileSync(this.#folder(name), content, { mode: 0o644 });
  }

  #sources(keyring: string): string {
    const { archive, suite } = this.#settings;
    const stanza = (uri: string, name: string) =>
      `Types: deb\nURIs: ${uri}\nSuites: ${name}\nComponents: main\nSigned-By: ${keyring}\n`;
    const security = archive.security && stanza(archive.security, `${suite}-security`);
    return [stanza(archive.main, suite), security].filter(Boolean).join('\n');
  }

  #configuration(): string {
    const value = (key: string, text: string) => `${key} "${text.replaceAll('"', '')}";`;
    return [
      value('Dir::State::lists', this.#folder('lists')),
      value('Dir::State::status', this.#folder('status')),
      value('Dir::State::extended_states', this.#folder('extended_states')),
      value('Dir::Cache', this.#settings.directory),
      value('Dir::Cache::archives', this.#folder('archives')),
      // Two files that only save apt a second, and that Docker's images turn off as well.
      value('Dir::Cache::pkgcache', ''),
      value('Dir::Cache::srcpkgcache', ''),
      value('Dir::Etc::sourcelist', this.#folder('debian.sources')),
      value('Dir::Etc::sourceparts', '/dev/null'),
      value('Dir::Etc::preferences', '/dev/null'),
      value('Dir::Etc::preferencesparts', '/dev/null'),
      value('APT::Architecture', this.#settings.architecture),
      '#clear APT::Architectures;',
      value('APT::Architectures::', this.#settings.architecture),
      value('Acquire::Languages', 'none'),
      // Else a package that is left out is "upgraded" as soon as one of the same source is wanted.
      value('APT::Get::Upgrade-By-Source-Package', 'false'),
      // The machine's own hooks speak of the machine's own packages.
      '#clear APT::Update::Pre-Invoke;',
      '#clear APT::Update::Post-Invoke;',
      '#clear APT::Update::Post-Invoke-Success;',
      '#clear DPkg::Pre-Invoke;',
      '#clear DPkg::Post-Invoke;',
      '#clear DPkg::Pre-Install-Pkgs;',
      '',
    ].join('\n');
  }
}

/** A stanza of dpkg's status file that says "this version is installed", and nothing else. */
function installed(stanza: Stanza): string {
  const fields = ['package', 'version', 'architecture', 'multi-arch'].flatMap((field) => {
    const value = stanza.get(field);
    return value === undefined ? [] : [`${field}: ${value}`];
  });
  return `${fields.join('\n')}\nstatus: install ok installed\nmaintainer: none\ndescription: none\n`;
}

function archiveError(words: string): RayError {
  const lines = words
    .split('\n')
    .filter((line) => /^[EW]:|^[^EW]/.test(line) && line.trim() !== '');
  const said = lines.slice(0, 3).join(' · ');
  if (/NO_PUBKEY|not signed|EXPKEYSIG|signature/i.test(words))
    return new RayError('NOT_ON_THIS_HOST', `the Debian archive cannot be verified: ${said}`, {
      remedy: 'Bring the keys up to date: apt-get install debian-archive-keyring',
    });
  if (/no space left|not enough free space/i.test(words))
    return new RayError('STATE_UNWRITABLE', `there is no room for the packages: ${said}`, {
      path: 'the cache folder',
    });
  return new RayError('IMAGE_MISSING', `the Debian packages cannot be had: ${said}`);
}
