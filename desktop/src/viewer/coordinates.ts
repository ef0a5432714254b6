// From the page's pixels to the guest's and back. The picture is contained in its window: as large as
// fits, centred, at whole pixels, with bars on two sides if the shapes differ.

import type { Rect, Size } from '../windows/geometry.ts';

/** Scales in (1, this) of device pixels are drawn 1:1 with thin bars: sharp beats three percent larger. */
const nearlyOne = 1.05;

/** The largest screen that a guest is asked for. */
const largestRoom = 8192;

export type Picture = Rect & {
  /** CSS pixels for each guest pixel. */
  readonly scale: number;
  /** True when each guest pixel covers whole device pixels, so that it should not be smoothed. */
  readonly sharp: boolean;
};

/** Where the guest's picture lies inside a window's content of size `host`. */
export function pictureIn(host: Size, surface: Size, devicePixelRatio = 1): Picture {
  if (surface.width <= 0 || surface.height <= 0 || host.width <= 0 || host.height <= 0)
    return { x: 0, y: 0, width: 0, height: 0, scale: 1, sharp: true };
  const fit = Math.min(host.width / surface.width, host.height / surface.height);
  const ratio = devicePixelRatio;
  const exact = fit * ratio;
  const scale = exact > 1 && exact < nearlyOne ? 1 / ratio : fit;
  // All edges lie on device pixels, which are fractions of the page's at 150 %.
  const width = Math.round(surface.width * scale * ratio) / ratio;
  const height = Math.round(surface.height * scale * ratio) / ratio;
  const deviceScale = scale * ratio;
  return {
    x: Math.floor(((host.width - width) / 2) * ratio) / ratio,
    y: Math.floor(((host.height - height) / 2) * ratio) / ratio,
    width,
    height,
    scale,
    sharp: deviceScale >= 1 && Math.abs(deviceScale - Math.round(deviceScale)) < 1e-3,
  };
}

/** The guest pixel under a point of the content; points in the bars give the nearest one. */
export function toGuest(
  point: { readonly x: number; readonly y: number },
  picture: Picture,
  surface: Size,
): { x: number; y: number } {
  if (picture.width <= 0 || picture.height <= 0) return { x: 0, y: 0 };
  const along = (at: number, from: number, length: number, pixels: number) =>
    Math.max(0, Math.min(pixels - 1, Math.floor(((at - from) * pixels) / length)));
  return {
    x: along(point.x, picture.x, picture.width, surface.width),
    y: along(point.y, picture.y, picture.height, surface.height),
  };
}

/** A window's content in device pixels, as the guest may follow it; undefined for one that is not laid out. */
export function roomOf(
  host: Size,
  devicePixelRatio: number,
): { width: number; height: number; scalePercent: number } | undefined {
  const pixels = (length: number) => Math.min(largestRoom, Math.floor(length * devicePixelRatio));
  const [width, height] = [pixels(host.width), pixels(host.height)];
  if (!(width >= 1 && height >= 1)) return undefined;
  const scalePercent = Math.max(50, Math.min(400, Math.round(devicePixelRatio * 100)));
  return { width, height, scalePercent };
}
