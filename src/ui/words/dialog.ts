// What every dialog says.

export const words = { close: 'Close' } as const;
