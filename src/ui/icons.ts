// The line icons, each a path in a square of 24.

export const ICONS = {
  photos: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 8.5h.01',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.2 15.2l5 5',
  heart:
    'M12 20s-7-4.4-9-9c-1.2-3 .6-6.5 4-6.5 2.2 0 3.9 1.2 5 3 1.1-1.8 2.8-3 5-3 3.4 0 5.2 3.5 4 6.5-2 4.6-9 9-9 9z',
  play: 'M8 5l11 7-11 7z',
  pause: 'M8 5v14M16 5v14',
  slideshow: 'M3 5h18v12H3zM10 8.5v5l4.5-2.5zM8 20.5h8',
  place:
    'M12 21s-7-6.2-7-11.5a7 7 0 0 1 14 0C19 14.8 12 21 12 21zM12 7a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2z',
  globe:
    'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c5 4.5 5 12.5 0 17M12 3.5c-5 4.5-5 12.5 0 17',
  calendar: 'M4 6h16v14H4zM4 10.5h16M8.5 3.5V8M15.5 3.5V8M11 16l1.5-1.5V18',
  recent: 'M12 3.5a8.5 8.5 0 1 0 8.5 8.5M12 7.5V12l3 2M17 3v6M14 6h6',
  archive: 'M4 4.5h16V9H4zM5.5 9v10.5h13V9M10 12.5h4',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5',
  settings: 'M4 7.5h9M19 7.5h1M4 16.5h1M11 16.5h9M16 5v5M8 14v5',
  upload: 'M12 16V5M7 9.5 12 4.5l5 5M4 16v4h16v-4',
  download: 'M12 4v11M7 11l5 5 5-5M4 19.5h16',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5.5M12 7.6h.01',
  close: 'M6 6l12 12M18 6L6 18',
  back: 'M15 5l-7 7 7 7',
  forward: 'M9 5l7 7-7 7',
  restore: 'M4 11a8 8 0 1 1 2 6M4 5v6h6',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5',
  people:
    'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5c.8-3.6 3.2-5 6.5-5s5.7 1.4 6.5 5M16 11.4a3.1 3.1 0 0 0 .2-6.1M17.8 14.7c2 .6 3.2 2.2 3.7 4.8',
  copy: 'M8.5 8.5h11v11h-11zM15.5 8.5v-4h-11v11h4',
  send: 'M12 14V3.5M8 7.5l4-4 4 4M7.5 11H5v9.5h14V11h-2.5',
  qr: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5M20 14v3M14 20h3M20 20h.01',
  offline: 'M3 3l18 18M8.5 18.5H7a4 4 0 0 1-.7-7.9M9 6.2A6 6 0 0 1 18 10.6a4 4 0 0 1 2.4 6.4',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  alert: 'M12 4l9 16H3zM12 10v4.5M12 17.3h.01',
  video: 'M4 5.5h16v13H4zM10 9v6l5-3z',
  motion: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM10 8.5v7l5.5-3.5z',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  album: 'M5 4h14v16H5zM10 4v7.5l2.5-2 2.5 2V4',
  folder: 'M3 6h6l2 2.5h10V19H3z',
  chevron: 'M6 9l6 6 6-6',
  more: 'M12 5a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2zM12 11.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2zM12 17.8a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2z',
  tag: 'M4 4h8l8.5 8.5-8 8L4 12zM8 8h.01',
  caption: 'M5 5h14M5 9.5h14M5 14h9M5 18.5h5',
  edit: 'M4.5 19.5l1-4.5L16 4.5l3.5 3.5L9 18.5z',
  keyboard: 'M3 6h18v12H3zM7 10h.01M10.3 10h.01M13.6 10h.01M17 10h.01M8 14h8',
  date: 'M4.5 6h15v14h-15zM4.5 10h15M8.5 3.5V7M15.5 3.5V7',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  updown: 'M8 10l4-4 4 4M8 14l4 4 4-4',
} as const;

export type IconName = keyof typeof ICONS;
