// What kinds of photo there are beyond the still picture that can be shown.

export const kinds = {
  failed: 'Cannot be shown',
  video: 'Video',
  animated: 'Animated',
  motion: 'Motion photo',
  panorama: 'Panorama',
  hdr: 'HDR',
  raw: 'Raw photo',
  archived: 'Archived',
} as const;
