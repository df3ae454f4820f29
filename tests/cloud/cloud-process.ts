// A local cloud as a process of its own (`tsx cloud-process.ts <directory>`), so that it can be killed. Prints where it is
// reached, as one line of JSON.
import { startCloud } from '../../infra/local/cloud.ts';

const { config, urls, people } = await startCloud({ directory: process.argv[2] ?? '' });
console.log(JSON.stringify({ config, urls, people: { people: people.people } }));
