// Pictures by way of CloudFront, where the deployment has a host for that: signed for S3 as ever, and asked for under the other name.
import type { Presigner, PresignOptions } from './presign.ts';

/** What that host answers. All else is read from S3 itself. */
const READABLE = /^(?:renditions|shares\/friends)\//;

export class Reads {
  readonly #presigner: Pick<Presigner, 'url' | 'cached'>;
  readonly #s3: string;
  readonly #host: string | undefined;
  #down = false;
  #looking: Promise<unknown> = Promise.resolve();

  /** `s3` is the base of the presigner's URLs. Without a `host` they are as they are. */
  constructor(presigner: Pick<Presigner, 'url' | 'cached'>, s3: string, host: string | undefined) {
    this.#presigner = presigner;
    this.#s3 = s3;
    this.#host = host;
  }

  async url(key: string, options?: PresignOptions): Promise<string> {
    return this.#by(key, await this.#presigner.url(key, options));
  }

  /** The same at once, if it is known already. */
  cached(key: string, options?: PresignOptions): string | undefined {
    const url = this.#presigner.cached(key, options);
    return url && this.#by(key, url);
  }

  #by(key: string, url: string): string {
    return this.#host && !this.#down && READABLE.test(key) ? this.#host + url.slice(this.#s3.length) : url;
  }

  /**
   * To be told of what could not be had. Whether that is the host's fault: S3 itself has it, and is asked for everything from then on, until
   * the next visit.
   */
  async failed(url: string): Promise<boolean> {
    const host = this.#host;
    if (!host || !url.startsWith(`${host}/`)) return false;
    const look = async (): Promise<void> => {
      if (this.#down) return;
      // Without a network it is nobody's fault.
      const answer = await fetch(this.#s3 + url.slice(host.length), { cache: 'no-store' }).catch(() => {});
      await answer?.body?.cancel();
      if (answer?.ok) this.#down = true;
    };
    // One after the other: of a screen full of pictures the first decides for all.
    await (this.#looking = this.#looking.then(look));
    return this.#down;
  }
}
