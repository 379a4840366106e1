/** What a notebook remembers of its image: `metadata.enablement.image`, written when the notebook is saved. */
import type { IRecordedImage } from '../contract';

const UNTITLED = /^Untitled\d*\.ipynb$/;

/** The part of a notebook's model that is needed: metadata is changed before it is saved, so file and screen agree. */
export interface IMetadataHolder {
  readonly readOnly: boolean;
  getMetadata(key: string): unknown;
  setMetadata(key: string, value: object): void;
}

/** Whether a notebook of this name keeps its image: one that nobody gave a name yet is not kept by anybody. */
export function keepsImage(path: string): boolean {
  return !UNTITLED.test(path.slice(path.lastIndexOf('/') + 1));
}

/** Writes the image where it is not the recorded one already; true if it was written. Never throws: saving comes first. */
export function recordImage(model: IMetadataHolder, path: string, image: IRecordedImage | null): boolean {
  try {
    if (image === null || model.readOnly || !keepsImage(path)) {
      return false;
    }
    const found = model.getMetadata('enablement');
    const own: Record<string, unknown> =
      typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : {};
    if (sameImage(own.image, image)) {
      return false;
    }
    model.setMetadata('enablement', { ...own, image: { ...image } });
    return true;
  } catch (reason) {
    console.warn('The image could not be recorded in the notebook.', reason);
    return false;
  }
}

function sameImage(value: unknown, image: IRecordedImage): boolean {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const recorded = value as Record<string, unknown>;
  return recorded.slug === image.slug && recorded.release === image.release && recorded.digest === image.digest;
}
