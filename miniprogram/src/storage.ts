import type { Wx } from './wx.ts';

/** A value under one name in the phone's storage, which outlives the mini program. */
export interface Kept {
  /** Undefined when there is none, or when the storage fails. */
  read(): unknown;
  /** Whether it was kept. */
  write(value: unknown): boolean;
}

/** The storage may be full or broken; nothing here throws. */
export function keptUnder(wx: Wx, key: string): Kept {
  return {
    read() {
      try {
        return wx.getStorageSync(key);
      } catch {
        return undefined;
      }
    },
    write(value) {
      try {
        wx.setStorageSync(key, value);
        return true;
      } catch {
        return false;
      }
    },
  };
}
