// What a slideshow says.
export const words = {
  label: 'Slideshow',
  play: 'Play',
  pause: 'Pause',
  previous: 'Previous photo',
  next: 'Next photo',
  shuffle: 'Shuffle',
  loop: 'Repeat',
  sound: 'Sound of videos',
  pace: 'Seconds for each photo',
  seconds: (n: number) => `${n} s`,
  end: 'End slideshow',
  nothing: 'None of these photos can be shown right now. They can once you are online.',
} as const;
