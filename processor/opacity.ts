// Pixels whose colors were multiplied with their opacity, as HEIF and AVIF may have them. (ISO/IEC 23008-12, `prem`)

/** Red, green and blue as they were before they were multiplied with the opacity. */
export function straighten(pixels: Uint8Array): void {
  for (let at = 0; at + 4 <= pixels.length; at += 4) {
    const alpha = pixels[at + 3] ?? 0;
    if (alpha === 0 || alpha === 255) continue;
    for (let color = at; color < at + 3; color++) {
      pixels[color] = Math.min(255, Math.round(((pixels[color] ?? 0) * 255) / alpha));
    }
  }
}
