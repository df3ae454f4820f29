// Links within the page: a plain click stays in the page; any other (a new tab, a new window, a download) is the browser's.
export function follow(event: MouseEvent, href: string, go: (href: string) => void): void {
  const { ctrlKey, metaKey, shiftKey, altKey, button } = event;
  if (ctrlKey || metaKey || shiftKey || altKey || button !== 0) return;
  event.preventDefault();
  go(href);
}
