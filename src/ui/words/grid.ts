// What the things around a grid say: the rail of dates, how large photos are, going to a date.

export const words = {
  rail: 'Date',
  goTo: 'Go to date',
  goToFrom: (month: string) => `${month}, go to another date`,
  goToNote: 'The nearest day with photos is shown.',
  go: 'Go',
  cancel: 'Cancel',
  larger: 'Larger photos',
  smaller: 'Smaller photos',
  density: 'Size of photos',
  densities: ['Months', 'Small', 'Medium', 'Large'],
  key: (label: string, key: string) => `${label} (${key})`,
} as const;
