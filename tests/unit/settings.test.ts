// Deployment settings: what is accepted, and that every wrong value names its field and the cure.
import { expect, test } from 'vitest';
import { parseSettings, readSettings, SettingsError } from '../../infra/settings.ts';

const good = {
  stackName: 'Shoebox',
  region: 'eu-west-1',
  google: null,
  processorReservedConcurrency: null,
  alarmEmail: null,
  friendMail: false,
};
const google = { clientId: '1-a.apps.googleusercontent.com', secretName: 'shoebox/google' };

test('infra/shoebox.json as it stands is valid', () => {
  expect(readSettings()).toHaveProperty('stackName');
});

test('everything can be set', () => {
  const all = {
    ...good,
    google,
    processorReservedConcurrency: 5,
    alarmEmail: 'me@example.com',
    friendMail: true,
  };
  expect(parseSettings(all)).toEqual(all);
});

test.each([
  ['stackName', { ...good, stackName: 'has space' }, 'letters'],
  ['stackName', { ...good, stackName: 'a'.repeat(26) }, '25'],
  ['stackName', { ...good, stackName: 'ends-' }, 'hyphens'],
  ['stackName', { ...good, stackName: 'my-aws-photos' }, 'reserves'],
  ['region', { ...good, region: 'Ireland' }, 'eu-west-1'],
  ['region', { ...good, region: undefined }, 'Region'],
  ['region', { ...good, region: 'cn-north-1' }, 'outside China'],
  ['google', { ...good, google: true }, 'clientId'],
  ['google', { ...good, google: undefined }, 'null'],
  ['google.clientId', { ...good, google: { ...google, clientId: 'x' } }, 'Google console'],
  ['google.secretName', { ...good, google: { ...google, secretName: '' } }, 'Secrets Manager'],
  ['google.clientSecret', { ...good, google: { ...google, clientSecret: 's' } }, 'not a setting'],
  ['processorReservedConcurrency', { ...good, processorReservedConcurrency: 0 }, 'whole number'],
  ['alarmEmail', { ...good, alarmEmail: 'nobody' }, 'e-mail'],
  ['friendMail', { ...good, friendMail: 'yes' }, 'true or false'],
  ['regoin', { ...good, regoin: 'eu-west-1' }, 'not a setting'],
])('a wrong %s is named together with the cure', (field, settings, cure) => {
  let thrown: unknown;
  try {
    parseSettings(settings);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(SettingsError);
  expect(thrown).toMatchObject({ field, message: expect.stringContaining(cure) });
});
