// What stands around a link that is passed on.

export const words = {
  copy: 'Copy link',
  copied: 'Copied.',
  selected: 'The link is selected. Copy it with your keyboard or by a long press.',
  send: 'Send …',
  notSent: 'It could not be sent. Copy the link instead.',
  code: 'Code',
  codeOf: (label: string) => `${label}, as a code to scan`,
  noCode: 'The code could not be drawn. Check your connection and try again.',
} as const;
