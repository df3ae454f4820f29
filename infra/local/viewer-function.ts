// A template's CloudFront function for viewer requests, run as CloudFront would: in a context that has nothing of ours, but for the time.
import { createContext, runInContext } from 'node:vm';

/** Values as they came, percent-encoded. */
interface Parameter {
  value: string;
  /** All of them, where the name came several times. */
  multiValue?: { value: string }[];
}

interface ViewerRequest {
  method: string;
  uri: string;
  querystring: Record<string, Parameter>;
  headers: Record<string, { value: string }>;
  cookies: Record<string, never>;
}

/** What it makes of a request: what to ask the origin for, or an answer of its own. */
type Made = { uri: string; querystring: Record<string, Parameter> } | { statusCode: number };

type Handler = (event: { version: string; context: object; request: ViewerRequest }) => Made;

/** How long the function may take to compile: only one that never ends takes this long, even on a busy computer. */
const COMPILE_MS = 5000;

/** Gives the time that the context has until it is set anew: CloudFront's stands still while a function runs. */
const CLOCK = '(() => { let time = 0; Date.now = () => time; return (now) => { time = now; }; })()';

export interface Viewed {
  method: string;
  uri: string;
  /** Without the question mark. */
  query?: string;
  host: string;
}

export type ViewerFunction = (request: Viewed) => { uri: string; query: string } | { statusCode: number };

export function compileViewerFunction(source: string, now: () => number = Date.now): ViewerFunction {
  const context = createContext(Object.create(null) as object);
  const setTime = runInContext(CLOCK, context) as (time: number) => void;
  const handler = runInContext(`'use strict'; ${source}; handler`, context, {
    timeout: COMPILE_MS,
  }) as Handler;
  return ({ method, uri, query = '', host }) => {
    setTime(now());
    const querystring = parametersOf(query);
    const made = handler({
      version: '1.0',
      context: { eventType: 'viewer-request' },
      request: { method, uri, querystring, headers: { host: { value: host } }, cookies: {} },
    });
    return 'uri' in made ? { uri: made.uri, query: queryOf(made.querystring) } : made;
  };
}

function parametersOf(query: string): Record<string, Parameter> {
  const parameters = Object.create(null) as Record<string, Parameter>;
  for (const part of query.split('&').filter(Boolean)) {
    const [name = '', ...rest] = part.split('=');
    const value = rest.join('=');
    const known = parameters[name];
    if (known) (known.multiValue ??= [{ value: known.value }]).push({ value });
    else parameters[name] = { value };
  }
  return parameters;
}

const queryOf = (parameters: Record<string, Parameter>): string =>
  Object.entries(parameters)
    .flatMap(([name, { value, multiValue = [{ value }] }]) => multiValue.map((one) => `${name}=${one.value}`))
    .join('&');
