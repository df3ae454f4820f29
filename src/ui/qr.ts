// A text as a QR code: one path in a square. The library comes with the first one.

export interface QrCode {
  /** Of the square, in cells. */
  size: number;
  path: string;
}

export async function qrCode(text: string): Promise<QrCode> {
  const { encode } = await import('uqr');
  const { size, data } = encode(text, { ecc: 'M', border: 2 });
  const cells = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { size, path: cells.join('') };
}
