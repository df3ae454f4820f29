// What kinds of photo there are beyond the still picture.

export const kinds = {
  video: 'Video',
  animated: 'Animated',
  motion: 'Motion photo',
  panorama: 'Panorama',
  hdr: 'HDR',
  raw: 'Raw photo',
} as const;
