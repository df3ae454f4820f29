// Writing to IndexedDB: all of it, or nothing.

/** Resolves when everything that `work` asked for is stored. */
export function changing(
  database: IDBDatabase,
  names: readonly string[],
  work: (...stores: IDBObjectStore[]) => unknown,
  options?: IDBTransactionOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(names, 'readwrite', options);
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(transaction.error));
    try {
      work(...names.map((name) => transaction.objectStore(name)));
    } catch (error) {
      // Or what was put before would stay.
      transaction.abort();
      reject(error);
    }
  });
}

/**
 * Work within a transaction in pieces: goes on from a request that is yielded when that is answered, and so are those made before it.
 * Thousands asked for at once would hold up the page.
 */
export function inPieces(work: Iterator<IDBRequest>): void {
  const { value, done } = work.next();
  if (!done) value.addEventListener('success', () => inPieces(work));
}
