// Begins a visit. Light, and with nothing to wait for: what the visit asks for is on its way before the page itself is there.
import './app.css';
import { readTheme, showTheme } from './ui/theme.ts';
import { beginVisit } from './visit.ts';

showTheme(readTheme());
const visit = beginVisit();
// The page tells what went wrong.
visit.catch(() => {});
void import('./start.ts').then(({ start }) => start(visit));
