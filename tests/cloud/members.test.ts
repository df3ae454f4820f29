// `npm run members`, as somebody types it: against a local cloud, by the file that it leaves, and against a stack by its outputs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../../infra/local/synth.ts';
import { sentenceFor } from '../../infra/problem.ts';
import { readOptions } from '../../infra/members-options.ts';
import { carryOut } from '../../infra/members-run.ts';
import { localPool } from '../../infra/members-target.ts';
import { OPERATOR_FILE, parseOperator } from '../../infra/operator.ts';
import { exchange, freshCloud, member, signIn } from './people.ts';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

let cloud: Awaited<ReturnType<typeof freshCloud>>;
beforeAll(async () => {
  cloud = await freshCloud();
});
afterAll(() => cloud?.end());

async function run(options: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', TSX, join(ROOT, 'infra/members.ts'), ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1', AWS_EC2_METADATA_DISABLED: 'true', ...env },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => (said += text.toString()));
  }
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}
const members = (...options: string[]) => run([...options, '--local', '--data', cloud.directory]);
const personOf = (email: string) => cloud.people.people.find((one) => one.email === email);

describe('by command line', () => {
  test('the first owner is invited, and is one with the first sign-in', async () => {
    const { code, said } = await members('invite', 'Olga@example.com', '--owner', '--name', 'Olga');
    expect([code, said]).toEqual([
      0,
      'An invitation is on its way to olga@example.com. The password in it is good for 7 days.\nolga@example.com comes in as an owner.\n',
    ]);
    expect(cloud.messages.all().map(({ to }) => to)).toEqual(['olga@example.com']);
    expect(personOf('olga@example.com')).toMatchObject({ name: 'Olga', groups: ['members', 'owners'] });
    await member(cloud, { email: 'olga@example.com' });
    expect((await members()).said).toMatch(
      /^olga@example\.com +Olga +in since \d{4}-\d\d-\d\d +owner +password$/m,
    );
  });

  test('somebody who came with Google and waits is let in', async () => {
    const { idToken } = await signIn(cloud, { email: 'gus@example.com', google: true, member: false });
    await expect(exchange(cloud, idToken)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    expect((await members('list')).said).toMatch(/gus@example\.com .* waits to be let in .* Google$/m);
    expect(await members('let-in', 'gus@example.com')).toEqual({
      code: 0,
      said: 'gus@example.com is let in.\n',
    });
    await member(cloud, { email: 'gus@example.com' });
  });

  test('somebody is locked out, let back in, and removed', async () => {
    await member(cloud, { email: 'pia@example.com' });
    expect((await members('lock-out', 'pia@example.com')).code).toBe(0);
    await expect(signIn(cloud, { email: 'pia@example.com' })).rejects.toThrow('User is disabled');
    expect((await members()).said).toMatch(/pia@example\.com .* locked out/);
    expect((await members('let-back-in', 'pia@example.com')).code).toBe(0);
    await signIn(cloud, { email: 'pia@example.com' });
    expect((await members('remove', 'pia@example.com', '--yes')).said).toContain('still in your storage');
    expect(personOf('pia@example.com')).toBeUndefined();
  });

  test('of two accounts with one address, it has to be said which', async () => {
    await member(cloud, { email: 'tom@example.com' });
    cloud.people.addPerson({ name: 'Tom', email: 'tom@example.com', provider: 'google', groups: [] });
    const { code, said } = await members('lock-out', 'tom@example.com');
    expect([code, said]).toEqual([1, expect.stringContaining('has two accounts')]);
    expect(personOf('tom@example.com')?.disabled).toBeUndefined();
    const username = personOf('tom@example.com')?.sub ?? '';
    expect(said).toContain(`  ${username}  (password)`);
    expect((await members('lock-out', username)).code).toBe(0);
    expect(personOf('tom@example.com')?.disabled).toBe(true);
  });

  test.each([
    [['invite', 'no address'], 'does not look like an e-mail address'],
    [['invite', 'ben@example.com'], 'There is somebody with the address ben@example.com already'],
    [['lock-out', 'nobody@example.com'], 'There is nobody called nobody@example.com'],
    [['send-again', 'ben@example.com'], 'ben@example.com has signed in already'],
    [['enrol', 'ben@example.com'], 'There is no command "enrol"'],
    [['invite'], 'Whom? invite ADDRESS'],
    [['lock-out', 'ada@example.com', 'ben@example.com'], 'One person at a time'],
    [['list', 'ben@example.com'], 'list takes no address'],
    [['lock-out', 'ben@example.com', '--owner'], '--owner goes with invite and let-in'],
    [['let-in', 'ben@example.com', '--name', 'Ben'], '--name goes with invite'],
    [['remove', 'ben@example.com'], 'needs --yes'],
    [['list', '--everybody'], "Unknown option '--everybody'"],
  ])('%j is refused with a sentence, and nobody is changed', async (args, sentence) => {
    const people = () => readFileSync(join(cloud.directory, 'cognito/people.json'), 'utf8');
    const before = people();
    const carriedOut = async () => {
      const options = readOptions(args);
      return options === 'help' ? [] : carryOut(localPool(cloud.directory), options.order, Date.now());
    };
    const error: unknown = await carriedOut().catch((thrown: unknown) => thrown);
    expect(sentenceFor(error, 'us-east-1')).toContain(sentence);
    expect(people()).toBe(before);
  });

  test('what is refused ends with 1 and without a stack trace', async () => {
    const { code, said } = await members('enrol', 'ben@example.com');
    expect([code, said]).toEqual([1, expect.stringContaining('There is no command "enrol"')]);
    expect(said).not.toContain('    at ');
  });

  test('a name that somebody has chosen cannot steer the terminal, nor pass for another line', async () => {
    const name = 'Eve\u001b[2J\nada@example.com  in\u202e';
    cloud.people.addPerson({ name, email: 'eve@example.com', provider: 'google', groups: [] });
    const { said } = await members();
    expect(said).not.toContain('\u001b');
    expect(said).not.toContain('\u202e');
    expect(said.split('\n').filter((line) => line.includes('Eve'))).toHaveLength(1);
    expect(said.split('\n').filter((line) => line.startsWith('ada@example.com'))).toHaveLength(1);
  });

  test('a local cloud that is not running is said to be so', async () => {
    const { code, said } = await run(['--local', '--data', join(cloud.directory, 'elsewhere')]);
    expect([code, said]).toEqual([1, expect.stringContaining('No local Shoebox is running')]);
  });
});

describe('on AWS', () => {
  /** A CloudFormation that knows of one stack, whose config is the local cloud's; or of none. */
  async function cloudFormation(known: boolean): Promise<string> {
    const config = JSON.stringify(cloud.config).replaceAll('"', '&quot;');
    const stack = `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
      <StackName>Shoebox</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime>
      <Outputs><member><OutputKey>Config</OutputKey><OutputValue>${config}</OutputValue></member></Outputs>
      </member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
    const none = `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type>
      <Code>ValidationError</Code><Message>Stack with id Shoebox does not exist</Message></Error></ErrorResponse>`;
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(known ? 200 : 400, { 'content-type': 'text/xml' }).end(known ? stack : none);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const signedBy = ({ accessKeyId, secretAccessKey, sessionToken }: Record<string, string>) => ({
    AWS_ACCESS_KEY_ID: accessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: secretAccessKey ?? '',
    AWS_SESSION_TOKEN: sessionToken ?? '',
  });

  test('the pool is that of the stack, asked with the credentials at hand', async () => {
    const { credentials } = parseOperator(
      JSON.parse(readFileSync(join(cloud.directory, OPERATOR_FILE), 'utf8')),
    );
    const AWS_ENDPOINT_URL_CLOUDFORMATION = await cloudFormation(true);
    const env = { ...signedBy({ ...credentials }), AWS_ENDPOINT_URL_CLOUDFORMATION };
    const { code, said } = await run(['list'], env);
    expect([code, said]).toEqual([0, expect.stringMatching(/^ada@example\.com +Ada Berger +in since/m)]);
  });

  test('credentials without the right are told which one they lack', async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = cloud.issueRole(cloud.stack.processor.role);
    const AWS_ENDPOINT_URL_CLOUDFORMATION = await cloudFormation(true);
    const env = {
      ...signedBy({ accessKeyId, secretAccessKey, sessionToken }),
      AWS_ENDPOINT_URL_CLOUDFORMATION,
    };
    const { code, said } = await run(['list'], env);
    expect([code, said]).toEqual([1, expect.stringMatching(/lack a right.*cognito-idp:ListUsers/)]);
  });

  test('an account without the stack, and no credentials at all, are told so', async () => {
    const AWS_ENDPOINT_URL_CLOUDFORMATION = await cloudFormation(false);
    const keys = signedBy({ accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' });
    expect(await run(['list'], { ...keys, AWS_ENDPOINT_URL_CLOUDFORMATION })).toEqual({
      code: 1,
      said: expect.stringContaining('This account has no stack Shoebox') as string,
    });
    const { code, said } = await run(['list'], { AWS_ENDPOINT_URL_CLOUDFORMATION, HOME: cloud.directory });
    expect([code, said]).toEqual([1, expect.stringContaining('There are no AWS credentials here')]);
  });
});
