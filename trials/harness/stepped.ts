// A RayOS whose steps are counted, and which a trial ends or hinders at any of them (see steps.ts).

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CommandAnswer } from '../../src/contracts/index.ts';
import { TestRayos } from './rayos.ts';

const watcher = pathToFileURL(join(import.meta.dirname, 'steps.ts')).href;

export type Order = { readonly kill?: number; readonly fail?: number };

export class SteppedRayos implements AsyncDisposable {
  readonly rayos: TestRayos;
  readonly #folder: string;

  private constructor(rayos: TestRayos, folder: string) {
    this.rayos = rayos;
    this.#folder = folder;
  }

  static async start(env: NodeJS.ProcessEnv = {}): Promise<SteppedRayos> {
    const folder = mkdtempSync(join(tmpdir(), 'rayos-steps-'));
    try {
      const rayos = await TestRayos.start([], {
        ...env,
        RAYOS_TRIAL_STEPS: folder,
        NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import=${watcher}`,
      });
      return new SteppedRayos(rayos, folder);
    } catch (thrown) {
      rmSync(folder, { recursive: true });
      throw thrown;
    }
  }

  /** From now on steps are counted from 1, and this happens; `undefined` ends it. */
  arm(order: Order | undefined): void {
    rmSync(join(this.#folder, 'seen'), { force: true });
    if (order === undefined) rmSync(join(this.#folder, 'armed'), { force: true });
    else writeFileSync(join(this.#folder, 'armed'), JSON.stringify(order));
  }

  /** What rayosd did since `arm`. */
  steps(): string[] {
    const file = join(this.#folder, 'seen');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8').trim().split('\n');
  }

  /** A command with its plan agreed to, under an order; `dead` when rayosd did not live to answer. */
  async run(command: string, args: object, order: Order): Promise<CommandAnswer | 'dead'> {
    const first = await this.planOf(command, args);
    this.arm(order);
    const ended = this.rayos.ended().then(() => 'dead' as const);
    const answered = this.rayos.ask(command, args, first).catch(() => 'dead' as const);
    const answer = await Promise.race([answered, ended]);
    if (answer === 'dead') await ended;
    return answer;
  }

  /** The consent that a destructive command asks for; undefined for any other one, and one that is refused. */
  private async planOf(command: string, args: object): Promise<string | undefined> {
    const isDestructive = /^(guest\.delete|guest\.kill|snapshot\.(revert|delete))$/.test(command);
    if (!isDestructive) return undefined;
    const asked = await this.rayos.ask(command, args);
    return 'consent' in asked ? asked.consent : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.arm(undefined);
    await this.rayos[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true });
  }
}
