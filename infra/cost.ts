// `npm run cost`: what a library costs a month, as a table; the last line is JSON. Asks nobody: prices lie in src/cost/prices, and what
// would be deployed is synthesised here.
import { complain } from './command.ts';
import { parseQuestion, readPrices, USAGE } from './cost-question.ts';
import { figuresOf, report } from './cost-report.ts';
import { readSettings, type Settings } from './settings.ts';
import { resourcesWith } from './standing-synth.ts';
import { standingOf } from './standing.ts';

try {
  cost(readSettings());
} catch (error) {
  process.exitCode = complain(error);
}

function cost(settings: Settings): void {
  const question = parseQuestion(process.argv.slice(2), settings.region);
  if (question === 'help') {
    console.log(USAGE);
    return;
  }
  const prices = readPrices(question.region);
  const standing = standingOf(resourcesWith(settings));
  for (const line of report(prices, question, standing)) console.log(line);
  console.log(JSON.stringify({ bench: 'cost', figures: figuresOf(prices, question) }));
}
