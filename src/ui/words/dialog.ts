// What every dialog says.

export const words = { close: 'Close', cancel: 'Cancel' } as const;
