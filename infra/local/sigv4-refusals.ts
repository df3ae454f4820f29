// How S3 and the JSON services word the refusal of a signature; the SDK goes by these codes.

const REFUSALS = {
  unsigned: ['AccessDenied', 403, 'MissingAuthenticationTokenException', 'Access Denied'],
  malformed: [
    'AuthorizationHeaderMalformed',
    400,
    'IncompleteSignatureException',
    'The authorization header is malformed.',
  ],
  'malformed-query': [
    'AuthorizationQueryParametersError',
    400,
    'IncompleteSignatureException',
    'Error parsing the X-Amz- query parameters.',
  ],
  'malformed-path': ['InvalidURI', 400, 'IncompleteSignatureException', "Couldn't parse the specified URI."],
  ambiguous: [
    'InvalidArgument',
    400,
    'IncompleteSignatureException',
    'Only one auth mechanism allowed, and each parameter only once.',
  ],
  'unsigned-header': [
    'AccessDenied',
    403,
    'InvalidSignatureException',
    'There were headers present in the request which were not signed',
  ],
  'no-payload-hash': [
    'InvalidRequest',
    400,
    'InvalidSignatureException',
    'Missing required header for this request: x-amz-content-sha256',
  ],
  'malformed-payload-hash': [
    'InvalidArgument',
    400,
    'InvalidSignatureException',
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER or a valid sha256 value.',
  ],
  'signed-chunks': ['NotImplemented', 501, 'InvalidSignatureException', 'Signed chunks are not implemented.'],
  skewed: [
    'RequestTimeTooSkewed',
    403,
    'InvalidSignatureException',
    'Signature expired: the difference between the request time and the current time is too large.',
  ],
  'not-yet-valid': ['AccessDenied', 403, 'InvalidSignatureException', 'Request is not yet valid'],
  'presigned-expired': ['AccessDenied', 403, 'InvalidSignatureException', 'Request has expired'],
  unknown: [
    'InvalidAccessKeyId',
    403,
    'UnrecognizedClientException',
    'The AWS Access Key Id you provided does not exist in our records.',
  ],
  'bad-token': [
    'InvalidToken',
    400,
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  ],
  expired: [
    'ExpiredToken',
    400,
    'ExpiredTokenException',
    'The security token included in the request is expired',
  ],
  mismatch: [
    'SignatureDoesNotMatch',
    403,
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ],
} as const satisfies Record<
  string,
  readonly [s3Code: string, s3Status: number, jsonCode: string, message: string]
>;

export type RefusalCode = keyof typeof REFUSALS;

export interface Refusal {
  ok: false;
  status: number;
  code: string;
  message: string;
}

export function refuse(reason: RefusalCode, s3: boolean): Refusal {
  const [s3Code, s3Status, jsonCode, message] = REFUSALS[reason];
  return s3
    ? { ok: false, status: s3Status, code: s3Code, message }
    : { ok: false, status: 400, code: jsonCode, message };
}
