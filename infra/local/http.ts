// A request's address as it was sent: S3 keys and signatures need the raw path, which URL classes would tidy up.

export interface Target {
  /** Still percent-encoded. */
  path: string;
  /** Decoded, in the order sent; `+` is a plus. */
  query: readonly (readonly [name: string, value: string])[];
}

/** Takes a request target apart; undefined where its percent-encoding is no UTF-8. */
export function parseTarget(url: string): Target | undefined {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const parts = mark < 0 ? [] : url.slice(mark + 1).split('&');
  try {
    decodeURIComponent(path);
    const query = parts.filter(Boolean).map((part) => {
      const equals = part.indexOf('=');
      const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
      return [decodeURIComponent(name), decodeURIComponent(value)] as const;
    });
    return { path, query };
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Percent-encoding as AWS defines it for signatures: all but letters, digits and `-._~`. */
export const awsEncode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
