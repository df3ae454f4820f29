// The one error of this room. The UI turns its code into a sentence.

/**
 * `cancelled` the person said no; `stale` the answer belongs to no sign-in of this tab, or was used before; `refused` the sign-in
 * service said no; `signed-out` the session has ended; `offline` no answer at all; `unexpected` anything else (see `cause`).
 */
export type AuthErrorCode = 'cancelled' | 'stale' | 'refused' | 'signed-out' | 'offline' | 'unexpected';

export class AuthError extends Error {
  readonly code: AuthErrorCode;
  constructor(code: AuthErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AuthError';
    this.code = code;
  }
}

/** Whether a request, or the loading of code, got no answer. Browsers say it with a TypeError, as they do mistakes in code. */
export const isOffline = (cause: unknown): boolean =>
  cause instanceof TypeError && /fetch|network|load|importing/i.test(cause.message);
