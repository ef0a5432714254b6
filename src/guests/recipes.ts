// A guest made from a recipe: what it is to be. It has no files before it first starts.

import { RayError } from '../contracts/index.ts';
import type { Recipe } from './machine.ts';
import type { NewGuest } from './registry.ts';
import { plainSpec } from './spec.ts';

export type WantedFromRecipe = {
  readonly name: string;
  readonly recipe?: string;
  readonly title?: string;
  readonly memoryMiB?: number;
  readonly cpus?: number;
};

/** Throws BAD_REQUEST for an unknown recipe. */
export function fromRecipe(
  wanted: WantedFromRecipe,
  recipes: Readonly<Record<string, Recipe>>,
): NewGuest {
  const recipeName =
    wanted.recipe ?? (Object.hasOwn(recipes, wanted.name) ? wanted.name : 'linux-desktop');
  const recipe = Object.hasOwn(recipes, recipeName) ? recipes[recipeName] : undefined;
  if (!recipe)
    throw new RayError(
      'BAD_REQUEST',
      `there is no recipe "${recipeName}"; there are: ${Object.keys(recipes).join(', ')}`,
      { command: 'guest create' },
    );
  const { name } = wanted;
  return {
    name,
    title: wanted.title ?? (name === recipeName ? recipe.title : titleFrom(name)),
    recipe: recipeName,
    memoryMiB: wanted.memoryMiB ?? recipe.memoryMiB,
    cpus: wanted.cpus ?? recipe.cpus,
    spec: {
      ...plainSpec,
      madeFrom: `the recipe ${recipeName}`,
      sound: recipe.sound === true,
    },
  };
}

/** The title of a guest that was given none. */
export function titleFrom(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
