// Files and folders that the browser lets the page come back to, even in a later visit, where the person allows it.
// https://developer.mozilla.org/docs/Web/API/File_System_API

type Permission = 'granted' | 'denied' | 'prompt';

/** A file or folder as it was dropped. What TypeScript does not know of yet, not every browser has. */
type Dropped = (FileSystemDirectoryHandle | FileSystemFileHandle) & {
  queryPermission?: (wanted: { mode: 'read' }) => Promise<Permission>;
  requestPermission?: (wanted: { mode: 'read' }) => Promise<Permission>;
};
/** A file that another app has shared: it is kept on this device, see `received`. */
interface Shared {
  kind: 'received';
  number: number;
}
export type Root = Dropped | Shared;

/** Call it in the drop's event handler itself. Undefined where the browser has no such thing, or does not want to. */
export function rootOf(item: DataTransferItem): Promise<Root | undefined> {
  const { getAsFileSystemHandle } = item as DataTransferItem & {
    getAsFileSystemHandle?: () => Promise<Dropped | null>;
  };
  if (!getAsFileSystemHandle) return Promise.resolve(undefined);
  return getAsFileSystemHandle.call(item).then(
    (handle) => handle ?? undefined,
    // Some folders are kept from pages; their files can be read all the same, in this visit.
    () => undefined,
  );
}

/** Fails with a DOMException where it is gone, or may not be read. */
export async function fileAt(root: Root, path: string | undefined, name: string): Promise<File> {
  if (root.kind === 'received') return (await import('./received.ts')).receivedFile(root.number);
  if (root.kind === 'file') return root.getFile();
  let folder = root;
  // The path begins with the folder that was dropped.
  for (const part of path?.split('/').slice(1) ?? []) folder = await folder.getDirectoryHandle(part);
  return (await folder.getFileHandle(name)).getFile();
}

export const mayRead = async (root: Root): Promise<Permission> =>
  root.kind === 'received' ? 'granted' : ((await root.queryPermission?.({ mode: 'read' })) ?? 'denied');

/** Asks the person; only after a click. */
export async function askToRead(root: Root): Promise<boolean> {
  if (root.kind === 'received' || (await mayRead(root)) === 'granted') return true;
  return (await root.requestPermission?.({ mode: 'read' })) === 'granted';
}
