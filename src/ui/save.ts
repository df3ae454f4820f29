// Saves what lies at an address as a file.

/** The address must answer as an attachment: across origins the browser goes by that alone. */
export function save(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
}
