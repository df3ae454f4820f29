// What a command cannot go on with, as a sentence with its cure; and how AWS's refusals read to somebody who wants to know what to do.

/** Something the person at the keyboard can cure; shown without a stack trace. */
export class Problem extends Error {}

const SIGN_IN = 'Sign in with "aws sso login" or set AWS_PROFILE, then run this again.';

/** Regions that every account has; the others are turned on first, and until then know nobody's credentials. */
const EVERYWHERE =
  /^(?:us-(?:east|west)-[12]|ca-central-1|sa-east-1|eu-(?:central-1|west-[123]|north-1)|ap-(?:northeast-[123]|south-1|southeast-[12]))$/;

/** What went wrong, as a sentence with its cure; undefined for what only a stack trace explains. */
export function sentenceFor(error: unknown, region?: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof Problem) return error.message;
  const { name, message } = error;
  const { code } = error as NodeJS.ErrnoException;
  if (/^(?:CredentialsProviderError|TokenProviderError)$/.test(name)) {
    return /expired/i.test(message)
      ? `The sign-in to AWS has expired. ${SIGN_IN}`
      : `There are no AWS credentials here. ${SIGN_IN}`;
  }
  if (/^(?:ExpiredToken|ExpiredTokenException|RequestExpired)$/.test(name)) {
    return `The AWS credentials have expired. ${SIGN_IN}`;
  }
  if (/^(?:InvalidClientTokenId|InvalidAccessKeyId|UnrecognizedClientException|InvalidToken)$/.test(name)) {
    const off =
      region === undefined || EVERYWHERE.test(region)
        ? ''
        : ` Or the Region ${region} is not turned on in this account: that is done in the AWS console, under Account, AWS Regions.`;
    return `AWS does not know these credentials. ${SIGN_IN}${off}`;
  }
  if (/^(?:SignatureDoesNotMatch|InvalidSignatureException)$/.test(name)) {
    return 'AWS did not accept the signature: the secret key is wrong, or this computer’s clock is. Set either right, then run this again.';
  }
  if (/^AccessDenied(?:Exception)?$/.test(name)) {
    return `These credentials lack a right that is needed: ${message}`;
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ECONNREFUSED' || code === 'ETIMEDOUT') {
    const where = region === undefined ? 'from here' : `in ${region}`;
    return `AWS cannot be reached ${where}. Is there a network, and is "region" in infra/shoebox.json one that exists?`;
  }
  return undefined;
}
