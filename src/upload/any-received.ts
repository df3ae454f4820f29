// Whether other apps have handed anything over. Apart, because every visit asks, and hardly ever there is something.

/** The database of it; it is there as long as there is something. */
export const RECEIVED = 'shoebox-received';

export const anyReceived = async (): Promise<boolean> =>
  (await indexedDB.databases()).some(({ name }) => name === RECEIVED);
