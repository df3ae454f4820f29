// What a secret looks like, wherever it lies: found by its form, so that nobody has to know it.

const FORMS: Readonly<Record<string, RegExp>> = {
  'AWS access key': /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  'private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  'signed token': /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/,
  'Google client secret': /\bGOCSPX-[\w-]{20,}/,
  'GitHub token': /\bgh[opsru]_[A-Za-z0-9]{30,}\b/,
  'key of Web Push': /"privateKey"\s*:\s*"[\w-]{40,}"/,
};

/** What kinds of secrets are in a text. */
export const secretsIn = (text: string): string[] =>
  Object.entries(FORMS)
    .filter(([, form]) => form.test(text))
    .map(([name]) => name);
