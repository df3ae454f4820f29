// Files and folders that operating systems leave among photos: nobody means to keep them. By their names alone.

const SYSTEM = /^(?:\..*|Thumbs\.db|desktop\.ini|ehthumbs\.db|@eaDir|__MACOSX|\$RECYCLE\.BIN|Icon\r)$/i;

export const isSystem = (name: string): boolean => SYSTEM.test(name);
