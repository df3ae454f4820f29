// Thrown in the decoding thread for a picture that may be whole, but is larger than can be decoded.

export class Refusal extends Error {
  override readonly name = 'Refusal';
}

export const tooManyPixels = (width: number, height: number): Refusal =>
  new Refusal(`it has ${Math.round((width * height) / 1e6)} million pixels`);

export const tooMuchMemory = (): Refusal => new Refusal('decoding it takes too much memory');
