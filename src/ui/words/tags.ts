// What a line of tags says.

export const words = {
  add: 'Add a tag',
  placeholder: 'Add a tag',
  remove: (tag: string) => `Remove ${tag}`,
  giveAll: 'Give this tag to all',
  full: 'A photo can have 100 tags, and this one has them all.',
} as const;
