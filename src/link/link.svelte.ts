// A link that somebody has opened: what is known of it, from its address to its photos.
import { parseConfig } from '../schema/config.ts';
import { linkedUrl, parseLink, type LinkAddress } from '../schema/link.ts';
import type { Manifest } from '../schema/manifest.ts';
import type { RandomId } from '../schema/ids.ts';
import { sharedOriginalName, sharedRenditionName } from '../schema/share-keys.ts';
import type { Rendition } from '../schema/keys.ts';
import { openLink, type Opened } from './open.ts';

export class Link {
  #opened = $state.raw<Opened | { is: 'opening' }>({ is: 'opening' });
  #address: LinkAddress | undefined;
  #shareHost = '';

  get opened(): Opened | { is: 'opening' } {
    return this.#opened;
  }
  get manifest(): Manifest | undefined {
    return this.#opened.is === 'open' ? this.#opened.manifest : undefined;
  }

  async open(): Promise<void> {
    this.#opened = { is: 'opening' };
    this.#address = parseLink(location.hash);
    if (!this.#address) {
      this.#opened = { is: 'broken' };
      return;
    }
    try {
      this.#shareHost = parseConfig(await (await fetch('/config.json')).json()).shareHost;
    } catch (error) {
      console.warn(error);
      this.#opened = { is: 'offline' };
      return;
    }
    this.#opened = await openLink(this.#shareHost, this.#address);
  }

  /** False for a wrong password. */
  async unlock(password: string): Promise<boolean> {
    if (this.#opened.is !== 'sealed') return false;
    const opened = await this.#opened.unlock(password);
    if (opened) this.#opened = opened;
    return opened !== undefined;
  }

  pictureUrl(photo: RandomId, rendition: Rendition): string {
    return this.#url(sharedRenditionName(photo, rendition));
  }
  originalUrl(photo: RandomId): string {
    return this.#url(sharedOriginalName(photo));
  }
  #url(name: string): string {
    return this.#address ? linkedUrl(this.#shareHost, this.#address, name) : '';
  }
}
