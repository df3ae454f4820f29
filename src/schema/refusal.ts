// How AWS's JSON services refuse. Pure.
import { fields, text } from './parse.ts';

/** A refusal in the shape that the SDK gives it, so that whoever translates one translates both. */
export function refusalOf(service: string, status: number, body: string): Error {
  const $metadata = { httpStatusCode: status };
  let from: unknown;
  try {
    from = JSON.parse(body);
  } catch (cause) {
    // A proxy's error page, say: its status has to do.
    return Object.assign(new Error(`${service} answered ${status}`, { cause }), { $metadata });
  }
  const { message, Message, __type } = fields(from) ?? {};
  return Object.assign(new Error(text(message ?? Message, 2000) ?? `${service} answered ${status}`), {
    name: text(__type, 200)?.replace(/^.*#/, '') ?? 'Error',
    $metadata,
  });
}
