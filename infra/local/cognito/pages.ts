// The sign-in page of the local cloud: an account chooser without passwords and without JavaScript. Text only goes in through `html`.
import { createHash } from 'node:crypto';
import type { Person } from './state.ts';

class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);

/** Markup in which every value is escaped, unless it is markup itself. */
function html(parts: TemplateStringsArray, ...values: (string | Html | readonly Html[])[]): Html {
  const texts = values.map((value) =>
    typeof value === 'string'
      ? escape(value)
      : [value]
          .flat()
          .map((one) => (one as Html).text)
          .join(''),
  );
  return new Html(String.raw({ raw: parts }, ...texts));
}

const STYLE = `
:root { color-scheme: light dark; --surface: light-dark(#fff, #161514); --page: light-dark(#f6f4f1, #0e0d0c);
  --text: light-dark(#1f1d1a, #f3f0ec); --quiet: light-dark(#55504a, #b9b2a9); --line: light-dark(#dcd7d0, #35322e);
  --hover: light-dark(#f4f1ed, #211f1d); --accent: light-dark(#a4481c, #f0a071); --on-accent: light-dark(#fff, #26130a);
  --loss: light-dark(#a3241b, #ff9d92) }
* { box-sizing: border-box }
body { margin: 0; min-height: 100dvh; display: grid; grid-template-columns: minmax(0, 1fr); place-items: center; padding: 24px 16px; background: var(--page);
  color: var(--text); font: 16px/1.5 system-ui, sans-serif; -webkit-text-size-adjust: 100% }
main { width: 100%; max-width: 400px; background: var(--surface); border: 1px solid var(--line); border-radius: 12px; padding: 32px }
@media (max-width: 440px) { body { place-items: start center; background: var(--surface); padding: 16px }
  main { border: 0; padding: 16px 4px } }
svg { display: block }
.mark { color: var(--accent); margin-bottom: 20px }
.list { margin-top: 16px }
h2 + form.list { margin-top: 0 }
h1 { font-size: 28px; line-height: 1.2; font-weight: 600; margin: 0 0 4px; letter-spacing: -.01em; text-wrap: balance }
h2 { font-size: 14px; font-weight: 500; color: var(--quiet); margin: 24px 0 8px }
p { margin: 0 }
.quiet, small { color: var(--quiet); font-size: 14px }
.people { list-style: none; margin: 0 -12px; padding: 0 }
button, .button { font: inherit; color: inherit; cursor: pointer; text-decoration: none; min-height: 44px;
  transition: background-color 120ms ease-out }
.person { display: flex; align-items: center; gap: 12px; width: 100%; padding: 8px 12px; border: 0; border-radius: 8px;
  background: none; text-align: start }
.person:hover, .button:hover { background: var(--hover) }
.person span:last-child { min-width: 0 }
.person b { display: block; font-weight: 500; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.person small { display: block; line-height: 1.3; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.face { flex: none; width: 40px; height: 40px; border-radius: 50%; display: grid; place-items: center; font-weight: 600;
  background: color-mix(in oklab, var(--accent) 16%, var(--surface)); color: var(--accent) }
.button { display: flex; align-items: center; justify-content: center; gap: 10px; width: 100%; margin-top: 24px;
  border: 1px solid var(--line); border-radius: 8px; font-weight: 500; padding: 8px 16px }
.primary { border: 0; background: var(--accent); color: var(--on-accent); margin-top: 20px }
.primary:hover { background: color-mix(in oklab, var(--accent) 88%, var(--text)) }
details { margin-top: 24px; border-top: 1px solid var(--line); padding-top: 12px }
summary { cursor: pointer; font-weight: 500; min-height: 44px; display: flex; align-items: center }
summary::marker, summary::-webkit-details-marker { display: none; content: '' }
summary::before { content: '+'; color: var(--accent); font-size: 20px; width: 28px; text-align: center; margin: 0 8px 0 -4px }
details[open] summary::before { content: '–' }
label { display: block; margin-top: 12px; font-size: 14px; font-weight: 500 }
input[type=text], input[type=email] { display: block; width: 100%; min-height: 44px; margin-top: 4px; padding: 8px 12px; font: inherit;
  color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 8px }
.check { display: flex; gap: 10px; font-weight: 400; align-items: start; margin-top: 16px }
.check input { accent-color: var(--accent); width: 20px; height: 20px; margin: 1px 0 0; flex: none }
.check small { display: block }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
.error { color: var(--loss); font-size: 14px; margin-top: 16px }
footer { margin-top: 28px; padding-top: 16px; border-top: 1px solid var(--line) }
@media (prefers-reduced-motion: reduce) { * { transition: none !important } }
`;

/** For the content security policy: this style and no other. */
const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

// Not within a template, whose formatting would change what the hash is of.
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);

/** A form may only be sent to ourselves; the answer leads on to the page that asked for the sign-in. */
export const pageHeaders = (redirectOrigins: readonly string[]): Record<string, string> => ({
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy':
    `default-src 'none'; style-src ${STYLE_HASH}; base-uri 'none'; frame-ancestors 'none'; ` +
    `form-action 'self' ${redirectOrigins.join(' ')}`.trim(),
  'X-Frame-Options': 'DENY',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
});

const MARK = html`<svg
  class="mark"
  width="44"
  height="44"
  viewBox="0 0 44 44"
  fill="none"
  stroke="currentColor"
  stroke-width="2.5"
  stroke-linejoin="round"
  stroke-linecap="round"
  aria-hidden="true"
>
  <path d="M4 13h36v8H4zM7 21v17h30V21" />
  <path d="M18 27h8" />
  <path d="M12 13V7l20-2v8" />
</svg>`;

const GOOGLE = html`<svg width="20" height="20" viewBox="0 0 48 48" aria-hidden="true">
  <path
    fill="#EA4335"
    d="M24 9.5c3.5 0 6.6 1.2 9.1 3.6l6.8-6.8A24 24 0 0 0 2.6 13.2l8 6.2A14.3 14.3 0 0 1 24 9.5z"
  />
  <path
    fill="#4285F4"
    d="M47 24.6c0-1.6-.2-3.1-.4-4.6H24v9.1h12.9a11 11 0 0 1-4.8 7.2l7.7 6A23.6 23.6 0 0 0 47 24.6z"
  />
  <path fill="#FBBC05" d="M10.5 28.6a14.4 14.4 0 0 1 0-9.2l-8-6.2a24 24 0 0 0 0 21.6z" />
  <path
    fill="#34A853"
    d="M24 48c6.5 0 12-2.1 15.9-5.8l-7.7-6a14.3 14.3 0 0 1-21.6-7.6l-8 6.2A24 24 0 0 0 24 48z"
  />
</svg>`;

const document = (title: string, body: Html): string =>
  html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>${title}</title>
      ${STYLE_ELEMENT}
      <main>${body}</main>
    </html>`.text;

const LOCAL = html`<footer class="quiet">
  This is the sign-in of the local cloud: no passwords, and nothing leaves this computer.
</footer>`;

export interface Chooser {
  people: readonly Person[];
  /** Signed form of the request that is being answered. */
  transaction: string;
  /** As if Google had been chosen. */
  google: boolean;
  /** The same page with Google chosen, and without. */
  googleUrl: string;
  allUrl: string;
  /** What was typed before, when it was wrong, and why it was. */
  again?: { name: string; email: string; member: boolean; error: string };
}

const called = ({ name, email }: Person): string => name || email;

function standing({ disabled, invited, groups }: Person): string {
  if (disabled) return 'Disabled · ';
  if (groups.length === 0) return 'Not let in yet · ';
  return invited ? 'Invited · ' : '';
}

export function chooserPage(chooser: Chooser): string {
  const { people, transaction, google, again } = chooser;
  const hidden = html`<input type="hidden" name="transaction" value="${transaction}" />`;
  const listed = google ? people.filter(({ provider }) => provider === 'google') : people;
  const list = html`<form method="post" class="list">
    ${hidden}
    <ul class="people">
      ${listed.map(
        (person) =>
          html`<li>
            <button class="person" name="person" value="${person.sub}">
              <span class="face" aria-hidden="true">${[...called(person)][0]?.toUpperCase() ?? '?'}</span>
              <span><b>${called(person)}</b><small>${standing(person)}${person.email}</small></span>
            </button>
          </li>`,
      )}
    </ul>
  </form>`;
  const someoneNew = html`<details${new Html(again || listed.length === 0 ? ' open' : '')}>
    <summary>${google ? 'Use another account' : 'Someone new'}</summary>
    <form method="post">${hidden}
      <label>Name <input type="text" name="name" autocomplete="off" maxlength="100" required value="${again?.name ?? ''}"></label>
      <label>E-mail <input type="email" name="email" autocomplete="off" maxlength="200" required value="${again?.email ?? ''}"></label>
      <label class="check"><input type="checkbox" name="member" value="yes"${new Html(again?.member === false ? '' : ' checked')}>
        <span>Let in as a member<small>Without it you see what a visitor sees who has not been let in.</small></span></label>
      ${again ? html`<p class="error" role="alert">${again.error}</p>` : ''}
      <button class="button primary">Create and sign in</button>
    </form></details>`;
  return google
    ? document(
        'Choose an account - Shoebox',
        html`<div class="mark">${GOOGLE}</div>
          <h1>Choose an account</h1>
          <p class="quiet">to continue to Shoebox, as Google would ask</p>
          ${list}${someoneNew}<a class="button" href="${chooser.allUrl}">Other ways to sign in</a>${LOCAL}`,
      )
    : document(
        'Sign in - Shoebox',
        html`${MARK}
          <h1>Sign in to Shoebox</h1>
          <p class="quiet">Choose who you are.</p>
          <a class="button" href="${chooser.googleUrl}">${GOOGLE}Continue with Google</a>
          <h2>${listed.length > 0 ? 'People on this computer' : 'Nobody here yet'}</h2>
          ${list}${someoneNew}${LOCAL}`,
      );
}

/** For requests that cannot be answered to whoever sent them. */
export const problemPage = (sentence: string): string =>
  document(
    'Sign-in is not possible - Shoebox',
    html`${MARK}
      <h1>This sign-in is not possible</h1>
      <p class="error" role="alert">${sentence}</p>
      ${LOCAL}`,
  );
