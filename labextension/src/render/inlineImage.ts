/** Pictures that are carried in an address. */

const IMAGE_DATA = /^data:image\/(png|jpe?g|gif|webp);base64,[a-z0-9+/=\s]+$/i;

/** True for a picture that is carried in the URL itself and cannot run anything. */
export function isInlineImage(url: string): boolean {
  return IMAGE_DATA.test(url.trim());
}

/** An SVG text as the address of a picture. */
export function svgImage(svg: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg.replace(/[\ud800-\udfff]/gu, '\ufffd'))}`;
}

/** True for what `svgImage` makes. */
export function isSvgImage(url: string): boolean {
  return /^data:image\/svg\+xml;charset=utf-8,[\w.!~*'()%-]*$/.test(url);
}
