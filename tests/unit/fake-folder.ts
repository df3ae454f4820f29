// A folder as the File System Standard has it, in memory: what is written gets its place when it is closed, and not before.

const problem = (name: string): DOMException => new DOMException(name, name);

/** Asked before each write, with the whole path of the file: may fail, as disks do. */
export type Disk = (path: string, bytes: number) => void;

class FakeFile {
  readonly kind = 'file';
  readonly name: string;
  readonly #path: string;
  readonly #disk: Disk;
  bytes = new Uint8Array(0);

  constructor(name: string, path: string, disk: Disk) {
    this.name = name;
    this.#path = path;
    this.#disk = disk;
  }

  getFile = async (): Promise<File> => new File([this.bytes], this.name);

  async createWritable(): Promise<unknown> {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let over = false;
    return {
      write: async (chunk: Uint8Array<ArrayBuffer>) => {
        if (over) throw new TypeError('closed');
        this.#disk(this.#path, chunk.length);
        parts.push(chunk.slice());
      },
      close: async () => {
        over = true;
        this.bytes = await new Blob(parts).bytes();
      },
      abort: async () => {
        over = true;
      },
    };
  }
}

export class FakeFolder {
  readonly kind = 'directory';
  readonly name: string;
  readonly #path: string;
  readonly #disk: Disk;
  readonly #entries = new Map<string, FakeFile | FakeFolder>();

  constructor(name = 'Backup', disk: Disk = () => {}, path = '') {
    this.name = name;
    this.#disk = disk;
    this.#path = path;
  }

  /** For those who take a real one. */
  get handle(): FileSystemDirectoryHandle {
    return this as unknown as FileSystemDirectoryHandle;
  }

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<FakeFolder> {
    return this.#get(name, create, 'directory') as FakeFolder;
  }

  async getFileHandle(name: string, { create = false } = {}): Promise<FakeFile> {
    return this.#get(name, create, 'file') as FakeFile;
  }

  #get(name: string, create: boolean, kind: 'file' | 'directory'): FakeFile | FakeFolder {
    if (/[/\\]|^\.{0,2}$|\.lnk$/.test(name)) throw new TypeError('Name is not allowed.');
    const entry = this.#entries.get(name);
    if (entry && entry.kind !== kind) throw problem('TypeMismatchError');
    if (entry) return entry;
    if (!create) throw problem('NotFoundError');
    const path = `${this.#path}${name}`;
    const made =
      kind === 'file' ? new FakeFile(name, path, this.#disk) : new FakeFolder(name, this.#disk, `${path}/`);
    this.#entries.set(name, made);
    return made;
  }

  async removeEntry(name: string): Promise<void> {
    if (!this.#entries.delete(name)) throw problem('NotFoundError');
  }

  async put(path: string, content: Uint8Array | string): Promise<void> {
    const cut = path.indexOf('/');
    if (cut >= 0) {
      const below = await this.getDirectoryHandle(path.slice(0, cut), { create: true });
      return below.put(path.slice(cut + 1), content);
    }
    const file = await this.getFileHandle(path, { create: true });
    file.bytes = await new Blob([content as Uint8Array<ArrayBuffer>]).bytes();
  }

  /** What lies below it: paths and bytes. */
  files(): Map<string, Uint8Array> {
    const found = new Map<string, Uint8Array>();
    for (const entry of this.#entries.values()) {
      if (entry instanceof FakeFile) found.set(`${this.#path}${entry.name}`, entry.bytes);
      else for (const [path, bytes] of entry.files()) found.set(path, bytes);
    }
    return found;
  }
  get paths(): string[] {
    return [...this.files().keys()].sort();
  }
  text(path: string): string {
    return new TextDecoder().decode(this.files().get(path));
  }
}
