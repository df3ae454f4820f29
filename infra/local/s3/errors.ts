// The errors S3 answers with, thrown anywhere below a request and rendered once.

export class S3Error extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'S3Error';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export const accessDenied = (): S3Error => new S3Error(403, 'AccessDenied', 'Access Denied');
export const notImplemented = (what: string): S3Error =>
  new S3Error(501, 'NotImplemented', `The local S3 does not implement ${what}.`);
export const invalidArgument = (message: string): S3Error => new S3Error(400, 'InvalidArgument', message);
export const invalidRequest = (message: string): S3Error => new S3Error(400, 'InvalidRequest', message);
export const preconditionFailed = (): S3Error =>
  new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
export const noSuchUpload = (): S3Error =>
  new S3Error(404, 'NoSuchUpload', 'The specified multipart upload does not exist.');

/** What the caller may know of a failure; anything unforeseen is reported here and is a plain 500 there. */
export function toS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  console.error('local S3:', error);
  return new S3Error(500, 'InternalError', 'We encountered an internal error. Please try again.');
}
